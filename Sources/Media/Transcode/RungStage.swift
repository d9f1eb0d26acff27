import FFmpeg

/// One rendition's thread: scales frames, encodes them, and passes them on to smaller rungs.
///
/// A rung that is copied only passes them on.
final class RungStage {
    /// What a stage is told; may go to the stage's thread.
    struct Configuration: Sendable {
        var index: Int
        var rung: TranscodePlan.Rung
        var framesPerSecond: Double
        var segmentSeconds: Double
        var segmentGrid: SegmentGrid
        var encoderThreads: Int
        /// The unit of the frames' times when they enter and when they are encoded.
        var inputTimeBase: Rational
        var timeBase: Rational
        /// What is done to decoded pictures, by a rung without a parent.
        var orientation = VideoFilters.Orientation()
        var frameRateCap: Int?
        /// The only pictures that are wanted, with those around it that the encoder must see; `nil` for all.
        var window: ChunkWindow?
        /// What the encoder says about its pictures; `nil` for what the first one says.
        var color: OutputColor?
    }

    private let configuration: Configuration
    private let input: BoundedQueue<Frame>
    private let children: [BoundedQueue<Frame>]
    private let output: BoundedQueue<EncodedUnit>
    private let filter: PictureFilter
    private let tap: ((borrowing Frame, _ seconds: Double) throws -> Void)?
    private let done: ((_ seconds: Double) -> Void)?
    private var grid: SegmentGrid
    private var settings: VideoEncoderSettings?
    private var encoder: Encoder?
    private var isBehindWindow = false

    /// `tap` sees every frame before it is encoded; `done` is told the time of each that is ready.
    init(
        _ configuration: Configuration,
        input: BoundedQueue<Frame>,
        children: [BoundedQueue<Frame>],
        output: BoundedQueue<EncodedUnit>,
        tap: ((borrowing Frame, _ seconds: Double) throws -> Void)? = nil,
        done: ((_ seconds: Double) -> Void)? = nil
    ) {
        self.configuration = configuration
        self.input = input
        self.children = children
        self.output = output
        self.tap = tap
        self.done = done
        grid = configuration.segmentGrid
        let size = (configuration.rung.width, configuration.rung.height)
        filter = PictureFilter { traits in
            guard configuration.rung.parent == nil else {
                return VideoFilters.cascade(traits, size: size, timeBase: configuration.timeBase)
            }
            return VideoFilters.source(
                traits,
                orientation: configuration.orientation,
                size: size,
                frameRateCap: configuration.frameRateCap,
                timeBase: configuration.inputTimeBase,
                workingTimeBase: configuration.timeBase
            )
        }
    }

    /// Works until the input ends.
    func run() throws {
        while let frame = try input.pop() { try filter.process(frame, encode) }
        try filter.finish(encode)
        for child in children { child.end() }
        // The reader ends a rung that it copies.
        if configuration.rung.isCopied { return }
        try endEncoder()
        try output.push(.videoEnd(rung: configuration.index))
    }

    private func encode(_ frame: consuming Frame) throws {
        let seconds = Double(frame.pts ?? 0) * configuration.timeBase.doubleValue
        if let window = configuration.window, !isNeeded(at: seconds, for: window) { return }
        for child in children { try child.push(frame.clone()) }
        try tap?(frame, seconds)
        if configuration.rung.isCopied {
            done?(seconds)
            return
        }
        let startsSegment = grid.starts(at: seconds)
        if startsSegment, settings?.needsEncoderPerSegment == true { try endEncoder() }
        frame.setKeyframe(startsSegment)
        try openedEncoder(for: frame).send(frame)
        try passPackets()
    }

    private func endEncoder() throws {
        try encoder?.sendEnd()
        try passPackets()
        encoder = nil
    }

    /// Whether a picture is encoded.
    ///
    /// Those before the window put rate control in its stride. Those behind it are what the encoder looks ahead to; the
    /// first of them, however late, says how long the last one of the window is shown.
    private func isNeeded(at seconds: Double, for window: ChunkWindow) -> Bool {
        guard let end = window.endSeconds, window.isOver(at: seconds) else {
            return seconds >= window.startSeconds - ChunkSource.warmUpSeconds
        }
        defer { isBehindWindow = true }
        return !isBehindWindow || seconds < end + ChunkSource.marginSeconds
    }

    private func passPackets() throws {
        while let packet = try encoder?.nextPacket() {
            done?(Double(packet.pts ?? 0) * configuration.timeBase.doubleValue)
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
