import FFmpeg

/// The sound's thread: decodes, mixes to stereo, encodes once for all renditions.
final class AudioStage {
    private let settings: PipelineDefinition.Audio
    private let decoder: Decoder
    private let timeBase: Rational
    private let origin: Int64
    private let statedEnd: Double?
    private let timeline: Timeline
    private let input: BoundedQueue<Packet>
    private let output: BoundedQueue<EncodedUnit>

    private var traits: SoundTraits?
    private var graph: FilterGraph?
    private var sink: FilterGraph.Sink?
    private var encoder: Encoder?
    /// When the source's last samples end, in seconds.
    private var sourceEnd = 0.0
    private var packetCount = 0

    /// `originSeconds` is the source's time that becomes 0; at `statedEnd`, counted from there, the container says that
    /// the sound ends.
    init(
        _ stream: StreamParameters,
        originSeconds: Double,
        statedEnd: Double?,
        settings: PipelineDefinition.Audio,
        timeline: Timeline,
        input: BoundedQueue<Packet>,
        output: BoundedQueue<EncodedUnit>
    ) throws {
        self.settings = settings
        self.timeline = timeline
        self.input = input
        self.output = output
        self.statedEnd = statedEnd
        timeBase = stream.timeBase
        origin = stream.timeBase.units(seconds: originSeconds)
        decoder = try Decoder(stream, allowed: AcceptedInput.audioDecoders)
    }

    /// Works until the input ends, then adds silence up to the end of the pictures.
    func run() throws {
        while let packet = try input.pop() {
            packetCount += 1
            // A broken packet is a gap, which the graph fills.
            try? decoder.send(packet)
            try passFrames()
        }
        try? decoder.sendEnd()
        try passFrames()
        // A track without packets is no sound; one of which nothing decodes is a loss.
        if packetCount > 10, traits == nil { throw SourceFailure.damaged }
        try graph?.pushEnd()
        try passSamples(until: max(sourceEnd, timeline.endSeconds))
        try encoder?.sendEnd()
        try passPackets()
        try output.push(.audioEnd)
    }

    private func passFrames() throws {
        while let frame = try? decoder.nextFrame() {
            guard frame.sampleCount > 0 else { continue }
            try adapt()
            frame.pts = frame.bestEffortTimestamp.map { $0 - origin }
            cutPadding(of: frame)
            guard frame.sampleCount > 0 else { continue }
            try graph?.push(frame)
            try passSamples(until: .infinity)
        }
    }

    /// Cuts samples after the stated end: a codec's last frame is padded to its full size.
    private func cutPadding(of frame: borrowing Frame) {
        let rate = Double(max(1, traits?.sampleRate ?? 1))
        let start = frame.pts.map { Double($0) * timeBase.doubleValue } ?? sourceEnd
        if let statedEnd { frame.sampleCount = max(0, Int(((statedEnd - start) * rate).rounded())) }
        sourceEnd = max(sourceEnd, start + Double(frame.sampleCount) / rate)
    }

    /// Builds the graph for the first samples, and another when a broadcast changes from stereo to 5.1.
    private func adapt() throws {
        let wanted = decoder.soundTraits
        guard wanted != traits else { return }
        // The old graph ends in endless silence, so what is left inside it is not drained: a few milliseconds.
        let graph = try FilterGraph(
            AudioFilters.stereo(
                wanted,
                timeBase: timeBase,
                sampleRate: settings.sampleRate,
                isFirst: traits == nil
            )
        )
        let sink = try graph.sink("abuffersink@out")
        let encoder = try openedEncoder()
        sink.setFrameSize(encoder.frameSize)
        (self.graph, self.sink, traits) = (graph, sink, wanted)
    }

    private func passSamples(until end: Double) throws {
        while let frame = try sink?.nextFrame() {
            if end.isFinite {
                let left = Int((end * Double(settings.sampleRate)).rounded()) - Int(frame.pts ?? 0)
                guard left > 0 else { return }
                frame.sampleCount = min(frame.sampleCount, left)
            }
            try encoder?.send(frame)
            try passPackets()
        }
    }

    private func passPackets() throws {
        while let packet = try encoder?.nextPacket() { try output.push(.audio(packet)) }
    }

    private func openedEncoder() throws -> Encoder {
        if let encoder { return encoder }
        let options = ["b": "\(settings.bitsPerSecond)"]
        let opened = try Encoder(audio: "aac", sampleRate: settings.sampleRate, channels: 2, options: options)
        encoder = opened
        timeline.hasSound = true
        try output.push(.audioStream(opened.stream))
        return opened
    }
}
