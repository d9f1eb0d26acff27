import Domain
import FFmpeg
import Testing

@testable import Media

/// The level that our settings make x264 write: phones refuse one that is too high, and stutter with one that is too low.
@Suite struct LevelTests {
    /// The sequence parameter set of an encoder that was opened for a rung.
    func parameters(_ width: Int, _ height: Int, _ rate: Double) throws -> [(TranscodePlan.Rung, VideoParameters)] {
        let video = VideoStream(
            index: 0,
            codec: "hevc",
            width: width,
            height: height,
            pixelFormat: "yuv420p",
            frameRate: rate
        )
        let plan = TranscodePlan(for: video, pipeline: try .shortVideo())
        return try plan.rungs.indices.map { index in
            let stage = RungStage.Configuration(
                index: index,
                rung: plan.rungs[index],
                framesPerSecond: plan.framesPerSecond,
                segmentSeconds: plan.segmentSeconds,
                segmentGrid: plan.segmentGrid,
                encoderThreads: 1,
                inputTimeBase: .init(1, 90_000),
                timeBase: .init(1, 90_000)
            )
            let header = try VideoEncoderSettings(stage, color: .bt709).makeEncoder().stream.extradata
            let start = try #require(header.firstIndex(of: [0, 0, 0, 1, 0x67]))
            let end = header.firstIndex(of: [0, 0, 0, 1, 0x68]) ?? header.count
            return (plan.rungs[index], try H264Parameters.parse(header[start + 4..<end]))
        }
    }

    @Test(arguments: [
        (1920, 1080, 30.0), (1080, 1920, 30), (1920, 1080, 60), (1080, 1920, 59.94), (1080, 1440, 24), (640, 360, 60),
        (1280, 720, 25), (640, 272, 12.5), (176, 144, 10), (2560, 1080, 60), (3840, 2160, 120),
    ])
    func isTheLowestThatHolds(width: Int, height: Int, rate: Double) throws {
        for (rung, parameters) in try parameters(width, height, rate) {
            let lowest = H264Level.lowest(
                for: .init(
                    width: rung.width,
                    height: rung.height,
                    decodedPictures: try #require(parameters.decodedPictures),
                    framesPerSecond: min(rate, 60),
                    bitsPerSecond: rung.settings.maxBitsPerSecond
                )
            )
            #expect(parameters.level == lowest?.number, "\(rung.name)")
        }
    }
}
