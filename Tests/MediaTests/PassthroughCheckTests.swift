import FFmpeg
import Testing

@testable import Media

@Suite struct PassthroughCheckTests {
    /// What an editing program on a phone exports.
    static let fine = PassthroughFacts(
        codec: "h264",
        profile: 100,
        level: 40,
        picture: PictureTraits(width: 1080, height: 1920, pixelFormat: "yuv420p"),
        framesPerSecond: 30,
        keyframeTimes: (0..<10).map(Double.init),
        hasClosedGOPs: true,
        hasRegularTimes: true,
        startSeconds: 0,
        endSeconds: 10,
        soundEndSeconds: 10.02,
        shortestFrame: 1.0 / 30,
        longestFrame: 1.0 / 30,
        averageBitsPerSecond: 5_000_000,
        peakBitsPerSecond: 7_000_000
    )

    func objection(_ change: (inout PassthroughFacts) -> Void = { _ in }) throws -> String? {
        var facts = Self.fine
        change(&facts)
        let video = try PipelineDefinition.shortVideo().video
        return PassthroughCheck.objection(to: facts, bounds: .init(video.rungs[0]), video: video)
    }

    @Test func ordinarySourceMayBeCopied() throws { #expect(try objection() == nil) }

    @Test func coloursOfSDRMayBeSaidOrNot() throws {
        #expect(try objection { ($0.picture.primaries, $0.picture.matrix) = ("bt709", "bt709") } == nil)
        #expect(try objection { $0.picture.matrix = "smpte170m" } == nil)
        #expect(try objection { $0.picture.matrix = "bt2020nc" } != nil)
        #expect(try objection { $0.picture.transfer = "arib-std-b67" } != nil)
    }

    static let changes: [(String, @Sendable (inout PassthroughFacts) -> Void)] = [
        ("codec", { $0.codec = "hevc" }),
        ("header", { $0.profile = nil }),
        ("profile", { $0.profile = 110 }),
        ("level", { $0.level = 51 }),
        ("turned", { $0.rotationDegrees = 90 }),
        ("turned", { $0.isMirrored = true }),
        ("pixel format", { $0.picture.pixelFormat = "yuv422p" }),
        ("range", { $0.picture.isFullRange = true }),
        ("interlaced", { $0.picture.isInterlaced = true }),
        ("square", { $0.picture.sampleAspectRatio = Rational(4, 3) }),
        ("odd", { $0.picture.width = 1079 }),
        ("times", { $0.hasRegularTimes = false }),
        ("GOP", { $0.hasClosedGOPs = false }),
        ("late", { $0.startSeconds = 0.5 }),
        ("sound", { $0.soundEndSeconds = 11 }),
        ("frame rate", { $0.framesPerSecond = 120 }),
        ("short", { $0.shortestFrame = 0.001 }),
        ("long", { $0.longestFrame = 2 }),
        ("keyframes", { $0.keyframeTimes = [0, 7] }),
        ("keyframes", { $0.keyframeTimes = [0] }),
        ("average", { $0.averageBitsPerSecond = 6_100_000 }),
        ("peak", { $0.peakBitsPerSecond = 16_000_000 }),
    ]

    @Test(arguments: changes.indices) func otherSourceIsEncodedForAReason(index: Int) throws {
        let (word, change) = Self.changes[index]
        #expect(try objection(change)?.contains(word) == true)
    }

    @Test func firstRenditionMayBeLarge() throws {
        var facts = Self.fine
        facts.averageBitsPerSecond = 17_000_000
        let video = try PipelineDefinition.shortVideo().video
        #expect(PassthroughCheck.objection(to: facts, bounds: .first, video: video) == nil)
    }
}
