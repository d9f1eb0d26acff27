import Domain
import FFmpeg

/// What will be made of one source: sizes, times, and which rung becomes `play.mp4`.
///
/// Only arithmetic.
public struct TranscodePlan: Sendable, Equatable {
    /// One rendition to make.
    public struct Rung: Sendable, Equatable {
        /// Its name in paths and playlists: the length of its short side, and the codec unless that is H.264.
        public var name: String
        public var width: Int
        public var height: Int
        public var settings: PipelineDefinition.Rung
        /// The index of the rung whose pictures are scaled down to this one's; `nil` where they come from the source.
        public var parent: Int?
        /// Whether the source's own packets are this rendition.
        public var isCopied = false
    }

    /// The H.264 ladder, largest first, then those of other codecs; never empty.
    public var rungs: [Rung]
    /// The index of the rung whose packets `play.mp4` holds.
    public var playbackRung: Int
    /// The frame rate that encoders and playlists are told; frames keep their own times.
    public var framesPerSecond: Double
    /// Whether the source has so many frames per second that some must go.
    public var thinsFrames: Bool
    public var segmentSeconds: Double
    /// When the source's keyframes are shown, if a rung is copied: only there can its segments start.
    public var keyframeTimes: [Double]?
    /// Whether speed matters more than anything: a rendition that is published until the others are there.
    public var isFirst = false

    /// Plans every rendition; the source's packets are copied where `facts` allow it.
    init(for video: VideoStream, pipeline: PipelineDefinition, facts: PassthroughFacts? = nil) {
        let ladder = Ladder(video, pipeline.video.rungs)
        self.init(rungs: ladder.rungs, video, pipeline)
        guard
            let facts, let copied = ladder.copiedRung,
            PassthroughCheck.objection(to: facts, bounds: .init(copied.settings), video: pipeline.video) == nil
        else { return }
        let isPlanned = rungs[0].width == copied.width && rungs[0].height == copied.height
        self.init(rungs: [copied] + rungs.dropFirst(isPlanned ? 1 : 0), video, pipeline)
        keyframeTimes = facts.keyframeTimes
    }

    /// Plans what is published before everything else; `nil` if that would not be much sooner.
    static func first(
        for info: MediaInfo,
        pipeline: PipelineDefinition,
        facts: PassthroughFacts?
    ) -> TranscodePlan? {
        let ladder = Ladder(info.video, pipeline.video.rungs)
        if let facts, let copied = ladder.copiedRung,
            PassthroughCheck.objection(to: facts, bounds: .first, video: pipeline.video) == nil
        {
            var plan = TranscodePlan(rungs: [copied], info.video, pipeline)
            (plan.keyframeTimes, plan.isFirst) = (facts.keyframeTimes, true)
            return plan
        }
        guard info.durationSeconds >= pipeline.first.minSeconds else { return nil }
        var plan = TranscodePlan(rungs: [ladder.quickRung(pipeline.first.shortSide)], info.video, pipeline)
        plan.isFirst = true
        return plan
    }

    private init(rungs: [Rung], _ video: VideoStream, _ pipeline: PipelineDefinition) {
        self.rungs = Self.cascaded(rungs)
        let playable = rungs.indices.filter { rungs[$0].settings.codec == .h264 }
        playbackRung =
            playable.first { min(rungs[$0].width, rungs[$0].height) <= pipeline.playback.maxShortSide }
            ?? playable.last ?? 0
        // An average of 60.02 is a source of 60 with a rounded duration.
        let limit = Double(pipeline.video.maxFrameRate)
        thinsFrames = video.frameRate > limit * 1.01
        framesPerSecond = video.frameRate > 0 ? min(video.frameRate, limit) : min(25, limit)
        segmentSeconds = pipeline.video.segmentSeconds
    }

    /// The same rungs, each with the smallest one before it that is as large: scaling that is cheapest.
    private static func cascaded(_ rungs: [Rung]) -> [Rung] {
        rungs.enumerated().map { index, rung in
            var rung = rung
            let larger = rungs[..<index].indices.filter {
                rungs[$0].width >= rung.width && rungs[$0].height >= rung.height
            }
            rung.parent = larger.min { rungs[$0].width < rungs[$1].width }
            return rung
        }
    }

    /// The times at which the segments of every rendition start.
    var segmentGrid: SegmentGrid {
        guard let keyframeTimes else { return SegmentGrid(seconds: segmentSeconds) }
        return SegmentGrid(seconds: segmentSeconds, keyframes: keyframeTimes)
    }

    /// How many threads a rung's encoder gets.
    ///
    /// The largest rung is what everybody waits for; more threads for the others only cost time.
    func encoderThreads(of index: Int, cores: Int) -> Int {
        let larger = rungs[..<index].filter { $0.settings.codec == rungs[index].settings.codec && !$0.isCopied }
        return larger.isEmpty ? cores : larger.count == 1 ? max(1, cores / 2) : 1
    }

    /// The index of the rung that is copied.
    var copiedRung: Int? { rungs.firstIndex(where: \.isCopied) }

    /// The unit of all encoded times: the source's own where it is fine enough to be exact, and MPEG's 90 kHz otherwise.
    static func workingTimeBase(for source: Rational) -> Rational {
        guard source.numerator > 0, source.denominator > 0 else { return Rational(1, 90_000) }
        let unitsPerSecond = 1 / source.doubleValue
        if unitsPerSecond > 1_000_000 { return Rational(1, 90_000) }
        // A whole multiple of a coarse unit keeps every time exact.
        let multiple = max(1, Int(saturating: (10_000 / unitsPerSecond).rounded(.up)))
        let (denominator, overflows) = source.denominator.multipliedReportingOverflow(by: multiple)
        return overflows ? Rational(1, 90_000) : Rational(source.numerator, denominator)
    }
}
