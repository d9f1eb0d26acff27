import FFmpeg

/// Encodes the pictures of one rung, with a keyframe where each segment starts.
///
/// Works on the thread that made it.
final class RungEncoder {
    private let configuration: RungStage.Configuration
    private let output: BoundedQueue<EncodedUnit>
    private let done: ((_ seconds: Double) -> Void)?
    private var grid: SegmentGrid
    private var settings: VideoEncoderSettings?
    private var encoder: Encoder?
    /// Pictures whose types another rung has not chosen yet; no more than its encoder looks ahead.
    private var waiting = FIFO<Frame>()

    /// `done` is told the time of each picture that is ready.
    init(
        _ configuration: RungStage.Configuration,
        output: BoundedQueue<EncodedUnit>,
        done: ((_ seconds: Double) -> Void)?
    ) {
        self.configuration = configuration
        self.output = output
        self.done = done
        grid = configuration.segmentGrid
    }

    func encode(_ frame: consuming Frame, at seconds: Double) throws {
        if case .following(let types) = configuration.pictureTypes {
            waiting.append(frame)
            try encodeWaiting(types)
            return
        }
        let startsSegment = grid.starts(at: seconds)
        if startsSegment, settings?.needsEncoderPerSegment == true { try endEncoder() }
        frame.setPictureType(startsSegment ? .key : nil)
        try send(frame)
    }

    /// Encodes what is left, and says that it was all.
    func finish() throws {
        if case .following(let types) = configuration.pictureTypes {
            types.waitForEnd()
            try encodeWaiting(types)
        }
        try endEncoder()
        if case .leading(let types) = configuration.pictureTypes { types.end() }
        try output.push(.videoEnd(rung: configuration.index))
    }

    /// Keyframes too are where the other rung has them.
    private func encodeWaiting(_ types: LadderPictureTypes) throws {
        while let type = waiting.withFirst({ types.type(at: $0.pts ?? 0) }), let frame = waiting.popFirst() {
            frame.setPictureType(type)
            try send(frame)
        }
    }

    private func send(_ frame: consuming Frame) throws {
        try openedEncoder(for: frame).send(frame)
        try passPackets()
    }

    private func endEncoder() throws {
        try encoder?.sendEnd()
        try passPackets()
        encoder = nil
    }

    private func passPackets() throws {
        while let packet = try encoder?.nextPacket() {
            let time = packet.pts ?? 0
            if case .leading(let types) = configuration.pictureTypes { types.note(packet.pictureType, at: time) }
            done?(Double(time) * configuration.timeBase.doubleValue)
            try output.push(.video(rung: configuration.index, packet))
        }
    }

    /// The encoder, opened by the first frame, which knows the colours.
    private func openedEncoder(for frame: borrowing Frame) throws -> Encoder {
        if let encoder { return encoder }
        let isFirst = settings == nil
        let settings =
            settings
            ?? VideoEncoderSettings(configuration, color: configuration.color ?? OutputColor(for: frame.traits))
        let opened = try settings.makeEncoder()
        (encoder, self.settings) = (opened, settings)
        if isFirst { try output.push(.videoStream(rung: configuration.index, opened.stream)) }
        return opened
    }
}
