import Domain
import FFmpeg

/// Makes AAC in stereo of any sound, for as long as the pictures last.
final class SoundEncoding {
    private let leveling: Leveling
    private let settings: PipelineDefinition.Audio
    private let mixer: SoundMixer
    private let timeline: Timeline
    private let output: BoundedQueue<EncodedUnit>

    private var graph: FilterGraph?
    private var sink: FilterGraph.Sink?
    private var encoder: Encoder?

    init(
        _ track: SoundTrack,
        _ leveling: Leveling,
        settings: PipelineDefinition.Audio,
        timeline: Timeline,
        output: BoundedQueue<EncodedUnit>
    ) throws {
        self.leveling = leveling
        self.settings = settings
        self.timeline = timeline
        self.output = output
        mixer = try SoundMixer(track, sampleRate: settings.sampleRate)
    }

    /// Works until the input ends, then adds silence up to the end of the pictures.
    func run(_ input: BoundedQueue<Packet>) throws {
        while let packet = try input.pop() { try mixer.add(packet, encode) }
        try mixer.finish(encode)
        try graph?.pushEnd()
        try passSamples(until: max(mixer.endSeconds, timeline.endSeconds))
        try encoder?.sendEnd()
        try passPackets()
    }

    private func encode(_ frame: consuming Frame) throws {
        if encoder == nil { try open() }
        try graph?.push(frame)
        try passSamples(until: .infinity)
    }

    private func open() throws {
        let options = ["b": "\(settings.bitsPerSecond)"]
        let encoder = try Encoder(audio: "aac", sampleRate: settings.sampleRate, channels: 2, options: options)
        let graph = try FilterGraph(AudioFilters.leveled(leveling, sampleRate: settings.sampleRate))
        let sink = try graph.sink("abuffersink@out")
        sink.setFrameSize(encoder.frameSize)
        (self.graph, self.sink, self.encoder) = (graph, sink, encoder)
        timeline.hasSound = true
        try output.push(.audioStream(encoder.stream))
    }

    private func passSamples(until end: Double) throws {
        while let frame = try sink?.nextFrame() {
            if end.isFinite {
                let left = Int(saturating: (end * Double(settings.sampleRate)).rounded() - Double(frame.pts ?? 0))
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
}
