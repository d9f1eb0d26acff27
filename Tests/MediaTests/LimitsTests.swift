import Domain
import Testing

@testable import Media

@Suite struct LimitsTests {
    func refusal(_ change: (inout MediaInfo) -> Void) throws -> MediaRefusal? {
        var info = MediaInfo(
            container: "mov",
            durationSeconds: 10,
            sizeBytes: 1000,
            video: VideoStream(
                index: 0,
                codec: "h264",
                width: 1920,
                height: 1080,
                pixelFormat: "yuv420p",
                frameRate: 30
            ),
            audio: nil
        )
        change(&info)
        return try PipelineDefinition.shortVideo().limits.refusal(of: info)
    }

    @Test func ordinaryVideoIsAccepted() throws { #expect(try refusal { _ in } == nil) }

    @Test func exactLimitIsAccepted() throws {
        #expect(try refusal { $0.durationSeconds = 1800 } == nil)
        #expect(try refusal { $0.video.frameRate = 300 } == nil)
    }

    /// A change that takes an ordinary video beyond one limit.
    struct Excess: Sendable {
        var code: MediaRefusal.Code
        var seconds = 10.0
        var width = 1920
        var height = 1080
        var frameRate = 30.0
    }

    @Test(arguments: [
        Excess(code: .tooLong, seconds: 1800.1),
        Excess(code: .tooShort, seconds: 0.04),
        Excess(code: .tooManyPixels, width: 8194),
        Excess(code: .tooManyPixels, width: 8192, height: 8192),
        Excess(code: .unsupportedFormat, width: 20, height: 14),
        Excess(code: .unsupportedFormat, width: 1920, height: 100),
        Excess(code: .frameRateTooHigh, frameRate: 1_000_000),
        Excess(code: .tooExpensive, seconds: 1799, width: 7680, height: 4320),
    ])
    func beyondALimitIsRefused(excess: Excess) throws {
        let refusal = try #require(
            try refusal { info in
                info.durationSeconds = excess.seconds
                info.video.width = excess.width
                info.video.height = excess.height
                info.video.frameRate = excess.frameRate
            }
        )
        #expect(refusal.code == excess.code)
        #expect(refusal.message.hasSuffix("."))
        #expect(!refusal.message.contains("\n"))
    }
}
