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
