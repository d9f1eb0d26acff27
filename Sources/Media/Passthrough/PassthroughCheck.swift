import Domain
import FFmpeg

/// Decides whether a source's pictures may be copied into a rendition as they are.
///
/// Only a table of conditions.
enum PassthroughCheck {
    /// How strict to be about size in bytes.
    struct Bounds: Sendable, Equatable {
        /// What the average may be, in bits per second, and what one second may hold.
        var averageBitsPerSecond: Int
        var bitsInOneSecond: Int

        /// What a decoder with the rung's buffer takes: in one second, what arrives and what waits in the buffer.
        init(_ rung: PipelineDefinition.Rung) {
            averageBitsPerSecond = rung.maxBitsPerSecond
            bitsInOneSecond = rung.maxBitsPerSecond + rung.bufferBits
        }

        /// What is good enough for a few minutes, until the ladder is complete: what cameras of phones write.
        static let first = Bounds(averageBitsPerSecond: 24_000_000, bitsInOneSecond: 40_000_000)

        private init(averageBitsPerSecond: Int, bitsInOneSecond: Int) {
            self.averageBitsPerSecond = averageBitsPerSecond
            self.bitsInOneSecond = bitsInOneSecond
        }
    }

    /// Level 4.2: 1080p at 60 frames per second, which every phone decodes.
    private static let maxLevel = 42
    /// Constrained and plain Baseline, Main, High; the others have more bits or less subsampling.
    private static let profiles: Set<Int> = [66, 77, 100]
    /// Whatever starts later than this after the origin was cut by an edit list.
    private static let maxStartSeconds = 0.1
    /// How long the last picture may stay for sound that goes on.
    static let maxSoundAlone = 0.5

    /// Why the source must be encoded; `nil` if it may be copied.
    static func objection(to facts: PassthroughFacts, bounds: Bounds, video: PipelineDefinition.Video) -> String? {
        formatObjection(facts) ?? pictureObjection(facts.picture) ?? timeObjection(facts, video)
            ?? sizeObjection(facts, bounds)
    }

    private static func formatObjection(_ facts: PassthroughFacts) -> String? {
        guard facts.codec == "h264" else { return "the codec is \(facts.codec)" }
        guard let profile = facts.profile, let level = facts.level else { return "the header is not avcC" }
        if !profiles.contains(profile) { return "the profile is \(profile)" }
        if level > maxLevel { return "the level is \(Double(level) / 10)" }
        if facts.rotationDegrees != 0 || facts.isMirrored { return "the picture is turned by the container" }
        return nil
    }

    private static func pictureObjection(_ picture: PictureTraits) -> String? {
        if picture.pixelFormat != "yuv420p" { return "the pixel format is \(picture.pixelFormat)" }
        if picture.isFullRange { return "the range is full" }
        if picture.isInterlaced { return "the pictures are interlaced" }
        if picture.sampleAspectRatio.doubleValue != 1 { return "the pixels are not square" }
        if picture.width % 2 != 0 || picture.height % 2 != 0 { return "a side is odd" }
        let color = OutputColor(for: picture)
        let isUsual =
            (picture.primaries ?? color.primaries) == color.primaries
            && (picture.transfer ?? color.transfer) == color.transfer
            && (picture.matrix ?? color.matrix) == color.matrix
        return isUsual ? nil : "the colours are not those of SDR"
    }

    private static func timeObjection(_ facts: PassthroughFacts, _ video: PipelineDefinition.Video) -> String? {
        if !facts.hasRegularTimes { return "some times are missing or repeated" }
        if !facts.hasClosedGOPs { return "a GOP is open" }
        if abs(facts.startSeconds) > maxStartSeconds { return "the first picture is late" }
        if let end = facts.soundEndSeconds, end > facts.endSeconds + maxSoundAlone { return "the sound is longer" }
        if facts.framesPerSecond > Double(video.maxFrameRate) * 1.01 { return "the frame rate is too high" }
        if facts.shortestFrame < 0.4 / Double(video.maxFrameRate) { return "some pictures are too short" }
        if facts.longestFrame > 0.5 { return "some pictures stay too long" }
        // Segments are cut at keyframes, and must not become too long to switch between renditions.
        let starts = SegmentGrid.starts(keyframes: facts.keyframeTimes, seconds: video.segmentSeconds)
        let longest = zip(starts, starts.dropFirst() + [facts.endSeconds]).map { $1 - $0 }.max() ?? .infinity
        return longest > 3 * video.segmentSeconds ? "keyframes are up to \(longest) s apart" : nil
    }

    private static func sizeObjection(_ facts: PassthroughFacts, _ bounds: Bounds) -> String? {
        if facts.averageBitsPerSecond > bounds.averageBitsPerSecond {
            return "the average bitrate is \(facts.averageBitsPerSecond)"
        }
        if facts.peakBitsPerSecond > bounds.bitsInOneSecond { return "the peak bitrate is \(facts.peakBitsPerSecond)" }
        return nil
    }
}
