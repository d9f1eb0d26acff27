import Domain
import FFmpeg
import Testing

@testable import Media

@Suite struct TranscodePlanTests {
    func plan(
        _ width: Int,
        _ height: Int,
        aspect: Double = 1,
        rotation: Int = 0,
        frameRate: Double = 30
    ) throws -> TranscodePlan {
        let video = VideoStream(
            index: 0,
            codec: "h264",
            width: width,
            height: height,
            pixelFormat: "yuv420p",
            sampleAspectRatio: aspect,
            rotationDegrees: rotation,
            frameRate: frameRate
        )
        return TranscodePlan(for: video, pipeline: try .shortVideo())
    }

    func sizes(_ plan: TranscodePlan) -> [String] { plan.rungs.map { "\($0.name):\($0.width)x\($0.height)" } }

    @Test func landscapeGetsEveryRungThatFits() throws {
        let plan = try plan(1920, 1080)
        #expect(sizes(plan) == ["1080:1920x1080", "720:1280x720", "480:854x480", "360:640x360"])
        #expect(plan.playbackRung == 1)
    }

    @Test func largeSourceIsScaledDown() throws {
        #expect(try sizes(plan(3840, 2160)).first == "1080:1920x1080")
    }

    @Test func portraitStandsOnItsShortSide() throws {
        #expect(try sizes(plan(1920, 1080, rotation: 90)).first == "1080:1080x1920")
        #expect(try sizes(plan(1080, 1440)) == ["1080:1080x1440", "720:720x960", "480:480x640", "360:360x480"])
    }

    @Test func nothingIsScaledUp() throws {
        #expect(try sizes(plan(1280, 718)) == ["480:856x480", "360:642x360"])
    }

    @Test func sourceBelowTheLadderKeepsItsSize() throws {
        let plan = try plan(640, 272)
        #expect(sizes(plan) == ["272:640x272"])
        #expect(plan.playbackRung == 0)
        #expect(plan.rungs[0].settings.crf == 23)
    }

    @Test func oddSidesBecomeEven() throws {
        #expect(try sizes(plan(641, 361)) == ["360:640x360"])
        #expect(try sizes(plan(175, 143)) == ["142:174x142"])
    }

    @Test func pixelsBecomeSquare() throws {
        #expect(try sizes(plan(1280, 1080, aspect: 1.5)).first == "1080:1920x1080")
    }

    @Test func frameRateIsKeptAndCapped() throws {
        #expect(try plan(640, 360, frameRate: 23.976).framesPerSecond == 23.976)
        #expect(try !plan(640, 360, frameRate: 60.02).thinsFrames)
        let fast = try plan(640, 360, frameRate: 240)
        #expect(fast.thinsFrames)
        #expect(fast.framesPerSecond == 60)
        #expect(try plan(640, 360, frameRate: 0).framesPerSecond == 25)
    }

    func highEfficiencyPlan() throws -> TranscodePlan {
        let path = PipelineDefinition.shortVideoPath.replacing("short-video", with: "high-efficiency")
        let video = VideoStream(
            index: 0,
            codec: "h264",
            width: 1280,
            height: 720,
            pixelFormat: "yuv420p",
            frameRate: 30
        )
        return TranscodePlan(for: video, pipeline: try PipelineDefinition(yamlAt: path))
    }

    @Test func everyCodecHasItsLadder() throws {
        let plan = try highEfficiencyPlan()
        #expect(plan.rungs.map(\.name) == ["720", "480", "360", "720-hevc", "480-hevc"])
        #expect(plan.playbackRung == 0)
    }

    @Test func picturesAreScaledOnceForAllCodecs() throws {
        #expect(try highEfficiencyPlan().rungs.map(\.parent) == [nil, 0, 1, 0, 1])
    }

    @Test func largestEncodedRungOfEveryCodecGetsTheThreads() throws {
        var plan = try highEfficiencyPlan()
        #expect(plan.rungs.indices.map { plan.encoderThreads(of: $0, cores: 4) } == [4, 2, 1, 4, 2])
        plan.rungs[0].isCopied = true
        #expect(plan.rungs.indices.map { plan.encoderThreads(of: $0, cores: 2) } == [2, 2, 1, 2, 1])
    }

    func planOfCopy(_ width: Int, _ height: Int, codec: String = "h264") throws -> TranscodePlan {
        let video = VideoStream(
            index: 0,
            codec: codec,
            width: width,
            height: height,
            pixelFormat: "yuv420p",
            frameRate: 30
        )
        var facts = PassthroughCheckTests.fine
        facts.averageBitsPerSecond = 800_000
        facts.peakBitsPerSecond = 1_000_000
        return TranscodePlan(for: video, pipeline: try .shortVideo(), facts: facts)
    }

    @Test func sourceOfARungsSizeIsCopied() throws {
        let plan = try planOfCopy(1080, 1920)
        #expect(plan.rungs.map(\.isCopied) == [true, false, false, false])
        #expect(plan.rungs.map(\.name) == ["1080", "720", "480", "360"])
        #expect(plan.keyframeTimes == PassthroughCheckTests.fine.keyframeTimes)
    }

    @Test func sourceBetweenRungsIsCopiedOnTopOfThem() throws {
        let plan = try planOfCopy(800, 1420)
        #expect(sizes(plan) == ["800:800x1420", "720:720x1278", "480:480x852", "360:360x640"])
        #expect(plan.copiedRung == 0)
        #expect(plan.playbackRung == 1)
    }

    @Test func sourceBelowTheLadderIsCopiedAlone() throws {
        let plan = try planOfCopy(270, 480)
        #expect(sizes(plan) == ["270:270x480"])
        #expect(plan.copiedRung == 0)
    }

    @Test func sourceAboveTheLadderIsEncoded() throws { #expect(try planOfCopy(2160, 3840).copiedRung == nil) }

    @Test func firstRenditionIsSmallAndFast() throws {
        let video = VideoStream(
            index: 0,
            codec: "hevc",
            width: 1080,
            height: 1920,
            pixelFormat: "yuv420p",
            frameRate: 30
        )
        var info = MediaInfo(container: "mov", durationSeconds: 60, sizeBytes: 1, video: video, audio: nil)
        let plan = try #require(TranscodePlan.first(for: info, pipeline: try .shortVideo(), facts: nil))
        #expect(sizes(plan) == ["360:360x640"])
        #expect(plan.rungs[0].settings.speed == .fast)
        info.durationSeconds = 5
        #expect(TranscodePlan.first(for: info, pipeline: try .shortVideo(), facts: nil) == nil)
    }

    @Test(arguments: [
        (Rational(1, 90_000), Rational(1, 90_000)),
        (Rational(1, 30), Rational(1, 10_020)),
        (Rational(1001, 30_000), Rational(1001, 10_020_000)),
        (Rational(1, 14_112_000), Rational(1, 90_000)),
        (Rational(0, 1), Rational(1, 90_000)),
    ])
    func workingTimeBaseIsExactAndFine(source: Rational, expected: Rational) {
        #expect(TranscodePlan.workingTimeBase(for: source) == expected)
    }
}
