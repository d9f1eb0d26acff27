public import Domain
import FFmpeg

/// What will be made of one source: sizes, times, and which rung becomes `play.mp4`.
///
/// Only arithmetic.
public struct TranscodePlan: Sendable, Equatable {
    /// One rendition to make.
    public struct Rung: Sendable, Equatable {
        /// The length of its short side: its name in paths and playlists.
        public var name: String
        public var width: Int
        public var height: Int
        public var settings: PipelineDefinition.Rung
    }

    /// Largest first; never empty.
    public var rungs: [Rung]
    /// The index of the rung whose packets `play.mp4` holds.
    public var playbackRung: Int
    /// The frame rate that encoders and playlists are told; frames keep their own times.
    public var framesPerSecond: Double
    /// Whether the source has so many frames per second that some must go.
    public var thinsFrames: Bool
    public var segmentSeconds: Double

    public init(for video: VideoStream, pipeline: PipelineDefinition) {
        rungs = Self.rungs(for: video, ladder: pipeline.video.rungs)
        playbackRung =
            rungs.firstIndex { min($0.width, $0.height) <= pipeline.playback.maxShortSide } ?? rungs.count - 1
        // An average of 60.02 is a source of 60 with a rounded duration.
        let limit = Double(pipeline.video.maxFrameRate)
        thinsFrames = video.frameRate > limit * 1.01
        framesPerSecond = video.frameRate > 0 ? min(video.frameRate, limit) : min(25, limit)
        segmentSeconds = pipeline.video.segmentSeconds
    }

    /// The rungs that are not larger than the source, or one of the source's own size.
    private static func rungs(for video: VideoStream, ladder: [PipelineDefinition.Rung]) -> [Rung] {
        let fitting = ladder.filter { $0.shortSide <= video.shortSide }
        guard fitting.isEmpty, var smallest = ladder.last else { return fitting.map { rung(of: video, $0) } }
        smallest.shortSide = max(2, video.shortSide & ~1)
        return [rung(of: video, smallest)]
    }

    private static func rung(of video: VideoStream, _ settings: PipelineDefinition.Rung) -> Rung {
        let (width, height) = (video.displayWidth, video.displayHeight)
        let scale = Double(settings.shortSide) / Double(min(width, height))
        // 4:2:0 needs even sides; rounding must not make the picture longer than the source.
        let even = Int((Double(max(width, height)) * scale / 2).rounded()) * 2
        let longSide = max(2, min(even, max(width, height) & ~1))
        let isPortrait = height > width
        return Rung(
            name: "\(settings.shortSide)",
            width: isPortrait ? settings.shortSide : longSide,
            height: isPortrait ? longSide : settings.shortSide,
            settings: settings
        )
    }

    /// The unit of all encoded times: the source's own where it is fine enough to be exact, and MPEG's 90 kHz otherwise.
    static func workingTimeBase(for source: Rational) -> Rational {
        guard source.numerator > 0, source.denominator > 0 else { return Rational(1, 90_000) }
        let unitsPerSecond = 1 / source.doubleValue
        if unitsPerSecond > 1_000_000 { return Rational(1, 90_000) }
        // A whole multiple of a coarse unit keeps every time exact.
        let multiple = max(1, Int((10_000 / unitsPerSecond).rounded(.up)))
        return Rational(source.numerator, source.denominator * multiple)
    }
}
