import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct PreviewTests {
    let folder: TemporaryFolder
    var pipeline: PipelineDefinition

    init() throws {
        folder = try TemporaryFolder()
        pipeline = try .quick()
        pipeline.preview = try PipelineDefinition.shortVideo().preview
        pipeline.preview?.shortSide = 90
    }

    var preview: URL { folder.url.appending(path: "preview.webp") }

    func animation() throws -> PictureFile {
        let bytes = try Array(Data(contentsOf: preview))
        // The number of repetitions, 0 for ever, is at the end of the ANIM chunk, which comes second.
        #expect(String(decoding: bytes[30..<34], as: UTF8.self) == "ANIM")
        #expect(bytes[42] == 0 && bytes[43] == 0)
        return try #require(PictureFile(bytes))
    }

    @Test(arguments: [0.0, 2, 5.5])
    func threeSecondsAreShownWhereverTheCoverIs(seconds: Double) throws {
        _ = try VideoProcessor(pipeline: pipeline).process(
            source: Samples.sunrise,
            output: folder.url,
            cover: .at(seconds: seconds)
        )
        let animation = try animation()
        #expect(animation.milliseconds == 3000)
        // Equal pictures are one.
        #expect((12...24).contains(animation.frameCount))
        #expect(animation.width == 160 && animation.height == 90)
    }

    @Test func seekingMakesTheSame() throws {
        try PictureMaker(pipeline: pipeline).makePreview(of: Samples.sunrise, at: 5.5, into: folder.url)
        let animation = try animation()
        #expect(animation.milliseconds == 3000)
        #expect(animation.width == 160 && animation.height == 90)
    }

    @Test func shortVideoHasAShortPreview() throws {
        let clip = folder.url.appending(path: "short.mp4")
        try PictureClips.ffmpeg(
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=160x90:r=10:d=1",
            "-pix_fmt",
            "yuv420p",
            "-preset",
            "ultrafast",
            clip.path
        )
        try PictureMaker(pipeline: pipeline).makePreview(of: clip.path, at: 0.5, into: folder.url)
        #expect(try animation().milliseconds == 1000)
    }
}
