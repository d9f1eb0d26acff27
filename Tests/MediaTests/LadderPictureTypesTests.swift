import Domain
import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct LadderPictureTypesTests {
    @Test func aTypeIsKnownOnceItIsNoted() {
        let types = LadderPictureTypes()
        #expect(types.type(at: 7) == nil)
        types.note(.bidirectional, at: 7)
        #expect(types.type(at: 7) == .bidirectional)
        #expect(types.type(at: 8) == nil)
    }

    /// Nobody waits for an encoder that failed.
    @Test func nothingIsAwaitedAfterTheEnd() {
        let types = LadderPictureTypes()
        types.end()
        types.waitForEnd()
        #expect(types.type(at: 1) == .predicted)
    }

    @Test func theLargestEncodedRungOfH264Leads() throws {
        var pipeline = try PipelineDefinition.quick()
        var rung = pipeline.video.rungs[1]
        rung.codec = .hevc
        pipeline.video.rungs += [rung]
        let video = VideoStream(index: 0, codec: "h264", width: 640, height: 360, pixelFormat: "yuv420p", frameRate: 30)
        var plan = TranscodePlan(for: video, pipeline: pipeline)
        #expect(choices(plan) == ["leading", "following", "own"])
        plan.rungs[0].isCopied = true
        #expect(choices(plan) == ["own", "own", "own"])
    }

    private func choices(_ plan: TranscodePlan) -> [String] {
        plan.rungs.indices.map {
            switch plan.pictureTypeChoice(of: $0, LadderPictureTypes()) {
            case .own: "own"
            case .leading: "leading"
            case .following: "following"
            }
        }
    }

    /// Pictures that move and change so that encoders of different sizes, left to themselves, choose differently.
    @Test(.timeLimit(.minutes(15))) func allRungsHaveTheTypesOfTheLargest() throws {
        let folder = try TemporaryFolder()
        try Command.ffmpeg(
            "-f lavfi -i testsrc2=s=640x360:r=30:d=3,rotate=a=t*3 -c:v libx264 -preset ultrafast -crf 12 clip.mp4",
            in: folder.url
        )
        var pipeline = try PipelineDefinition.quick()
        for index in pipeline.video.rungs.indices { pipeline.video.rungs[index].speed = .balanced }
        let output = folder.url.appending(path: "out")
        let package = try VideoProcessor(pipeline: pipeline)
            .process(source: folder.url.appending(path: "clip.mp4").path, output: output).package
        let types = try package.renditions.map {
            try pictureTypes(of: output.appending(path: "hls/\($0.name)/index.m3u8"))
        }
        #expect(types.count == 2 && types[0].count == 90)
        #expect(types[0] == types[1])
        // What would be the same without looking at the pictures.
        #expect(types[0].contains("PP") && types[0].contains("BB"), "\(types[0])")
    }

    /// A letter for each picture, in the order in which they are shown: I, P or B.
    private func pictureTypes(of playlist: URL) throws -> String {
        let output = try Command.ffprobe(
            "-select_streams v:0 -show_entries frame=pict_type -of csv=p=0 \(playlist.path)",
            in: playlist.deletingLastPathComponent()
        )
        return output.filter("IPB".contains)
    }
}
