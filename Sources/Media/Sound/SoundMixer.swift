import FFmpeg

/// Decodes sound and mixes it to stereo at one sample rate, in step with its timestamps, from time 0 on.
final class SoundMixer {
    private let decoder: Decoder
    private let timeBase: Rational
    private let origin: Int64
    private let statedEnd: Double?
    private let maxSeconds: Double
    private let sampleRate: Int

    private var traits: SoundTraits?
    private var graph: FilterGraph?
    private var sink: FilterGraph.Sink?
    /// Where the samples that came out end.
    private var position: Int64 = 0
    private var packetCount = 0

    /// When the last samples of the source end, in seconds.
    private(set) var endSeconds = 0.0
    private(set) var brokenPackets = 0

    init(_ track: SoundTrack, sampleRate: Int) throws {
        self.sampleRate = sampleRate
        timeBase = track.stream.timeBase
        origin = track.stream.timeBase.units(seconds: track.originSeconds)
        statedEnd = track.statedEnd
        maxSeconds = track.maxSeconds
        decoder = try Decoder(track.stream, allowed: AcceptedInput.audioDecoders)
    }

    /// Passes on what comes out when a packet is decoded.
    ///
    /// A broken one is a gap, which is filled as soon as sound goes on.
    func add(_ packet: borrowing Packet, _ body: (consuming Frame) throws -> Void) throws {
        packetCount += 1
        do { try decoder.send(packet) } catch { brokenPackets += 1 }
        try mixFrames(body)
    }

    /// Passes on what comes out after the last packet.
    func finish(_ body: (consuming Frame) throws -> Void) throws {
        try? decoder.sendEnd()
        try mixFrames(body)
        try refuseDamaged()
        try drain(body)
    }

    /// Refuses sound with more holes than a video may have.
    ///
    /// A track without packets is no sound, and the first few may need others that were cut off.
    private func refuseDamaged() throws {
        if packetCount > 10, traits == nil { throw SourceFailure.damaged }
        if Double(brokenPackets) > max(10, Double(packetCount) * SourceReader.maxBrokenShare) {
            throw SourceFailure.damaged
        }
    }

    private func mixFrames(_ body: (consuming Frame) throws -> Void) throws {
        while let frame = try? nextFrame() {
            guard frame.sampleCount > 0 else { continue }
            try adapt(body)
            frame.pts = frame.bestEffortTimestamp.map { $0 - origin }
            try cutPadding(of: frame)
            guard frame.sampleCount > 0 else { continue }
            try graph?.push(frame)
            try passSamples(body)
        }
    }

    private func nextFrame() throws -> Frame? {
        do { return try decoder.nextFrame() } catch {
            brokenPackets += 1
            throw error
        }
    }

    /// Cuts samples after the stated end: a codec's last frame is padded to its full size.
    private func cutPadding(of frame: borrowing Frame) throws {
        let rate = max(1, traits?.sampleRate ?? 1)
        let start = frame.pts.map { Double($0) * timeBase.doubleValue } ?? endSeconds
        // A jump ahead would be filled with silence, hours of it.
        if start > maxSeconds { throw SourceFailure.tooMuchInside }
        if let statedEnd {
            frame.sampleCount = Int(max(0, Rational(1, rate).units(seconds: statedEnd - start)))
        }
        endSeconds = max(endSeconds, start + Double(frame.sampleCount) / Double(rate))
    }

    /// Builds the graph for the first samples, and another when a broadcast changes from stereo to 5.1.
    private func adapt(_ body: (consuming Frame) throws -> Void) throws {
        let wanted = decoder.soundTraits
        guard wanted != traits else { return }
        try drain(body)
        let graph = try FilterGraph(
            AudioFilters.stereo(wanted, timeBase: timeBase, sampleRate: sampleRate, position: position)
        )
        (self.graph, sink, traits) = (graph, try graph.sink("abuffersink@out"), wanted)
    }

    private func drain(_ body: (consuming Frame) throws -> Void) throws {
        try graph?.pushEnd()
        try passSamples(body)
    }

    private func passSamples(_ body: (consuming Frame) throws -> Void) throws {
        while let frame = try sink?.nextFrame() {
            position = (frame.pts ?? position) + Int64(frame.sampleCount)
            try body(frame)
        }
    }
}
