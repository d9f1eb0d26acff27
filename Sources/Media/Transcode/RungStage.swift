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
        var pictureTypes = PictureTypeChoice.own
    }

    private let configuration: Configuration
    private let input: BoundedQueue<Frame>
    private let children: [BoundedQueue<Frame>]
    private let encoder: RungEncoder
    private let filter: PictureFilter
    private let tap: ((borrowing Frame, _ seconds: Double) throws -> Void)?
    private let tapEnd: (() throws -> Void)?
    private let done: ((_ seconds: Double) -> Void)?
    /// What comes before the window, of which the end is encoded with it.
    private var early = FIFO<Frame>()
    private var isBehindWindow = false

    /// `tap` sees every frame before it is encoded, `tapEnd` is told that it has seen all while encoders still work;
    /// `done` is told the time of each that is ready.
    init(
        _ configuration: Configuration,
        input: BoundedQueue<Frame>,
        children: [BoundedQueue<Frame>],
        output: BoundedQueue<EncodedUnit>,
        tap: ((borrowing Frame, _ seconds: Double) throws -> Void)? = nil,
        tapEnd: (() throws -> Void)? = nil,
        done: ((_ seconds: Double) -> Void)? = nil
    ) {
        self.configuration = configuration
        self.input = input
        self.children = children
        encoder = RungEncoder(configuration, output: output, done: done)
        self.tap = tap
        self.tapEnd = tapEnd
        self.done = done
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
        while let frame = try input.pop() { try filter.process(frame, encodeWindow) }
        try filter.finish(encodeWindow)
        for child in children { child.end() }
        try tapEnd?()
        // The reader ends a rung that it copies.
        if configuration.rung.isCopied { return }
        try encoder.finish()
    }

    /// Encodes a picture if it is one of those that the window needs.
    ///
    /// Those before it put rate control in its stride. Those behind it are what the encoder looks ahead to; the first of
    /// them, however late, says how long the last one of the window is shown.
    private func encodeWindow(_ frame: consuming Frame) throws {
        guard let window = configuration.window else { return try encode(frame) }
        let seconds = time(of: frame)
        if window.isOver(at: seconds) {
            defer { isBehindWindow = true }
            let end = (window.endSeconds ?? .infinity) + ChunkSource.marginSeconds
            if isBehindWindow, seconds >= end { return }
        } else if !window.contains(seconds) {
            return keepEarly(frame, at: seconds, for: window)
        }
        while let picture = early.popFirst() { try encode(picture) }
        try encode(frame)
    }

    private func keepEarly(_ frame: consuming Frame, at seconds: Double, for window: ChunkWindow) {
        guard seconds >= window.startSeconds - ChunkSource.warmUpSeconds else { return }
        early.append(frame)
        if early.count > ChunkSource.warmUpPictures { _ = early.popFirst() }
    }

    private func time(of frame: borrowing Frame) -> Double {
        Double(frame.pts ?? 0) * configuration.timeBase.doubleValue
    }

    private func encode(_ frame: consuming Frame) throws {
        let seconds = time(of: frame)
        for child in children { try child.push(frame.clone()) }
        try tap?(frame, seconds)
        if configuration.rung.isCopied {
            done?(seconds)
            return
        }
        try encoder.encode(frame, at: seconds)
    }
}
