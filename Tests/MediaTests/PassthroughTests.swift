import Domain
import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct PassthroughTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The coded pictures of a file, in the order of decoding.
    func pictures(_ path: String, formats: [String] = ["mov"]) throws -> [[UInt8]] {
        let demuxer = try Demuxer(
            path: path,
            options: .init(formats: formats),
            deadline: Deadline(in: .seconds(30))
        )
        let video = try #require(demuxer.streams.first { $0.kind == .video })
        demuxer.select([video.index])
        var packets: [[UInt8]] = []
        while let packet = try demuxer.nextPacket() { packets.append(packet.copyBytes()) }
        return packets
    }

    func output(_ path: String) -> String { folder.url.appending(path: path).path }

    /// Two rungs, the larger of which is the size of `sunrise.mp4`.
    func pipeline() throws -> PipelineDefinition {
        var pipeline = try PipelineDefinition.quick()
        pipeline.video.rungs[0].shortSide = 720
        return pipeline
    }

    func keyframes(_ path: String) throws -> [Double] {
        try ContainerContents(path: output(path), formats: ["hls", "mov"]).keyframeTimes
    }

    @Test func copiedRenditionHasTheVeryPicturesOfTheSource() throws {
        let source = try pictures(Samples.sunrise)
        let package = try VideoProcessor(pipeline: pipeline()).process(source: Samples.sunrise, output: folder.url)
            .package
        #expect(package.renditions.map(\.name) == ["720", "120"])
        #expect(try pictures(output("play.mp4")) == source)
        #expect(try pictures(output("hls/720/index.m3u8"), formats: ["hls", "mov"]) == source)
    }

    /// A video with keyframes every 1.5 s, as large as the larger of two rungs.
    func sourceWithShortGOPs() throws -> String {
        let made = folder.url.appending(path: "made")
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        var pipeline = try PipelineDefinition.quick()
        pipeline.video.segmentSeconds = 1.5
        _ = try VideoProcessor(pipeline: pipeline).process(source: Samples.sunrise, output: made)
        return made.appending(path: "play.mp4").path
    }

    @Test func otherRenditionsStartTheirSegmentsWhereTheCopyDoes() throws {
        let source = try sourceWithShortGOPs()
        let out = folder.url.appending(path: "out")
        try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
        _ = try VideoProcessor(pipeline: .quick()).process(source: source, output: out)
        #expect(try pictures(output("out/hls/240/index.m3u8"), formats: ["hls", "mov"]) == pictures(source))
        for rung in ["240", "120"] {
            let text = try String(contentsOfFile: output("out/hls/\(rung)/index.m3u8"), encoding: .utf8)
            let playlist = try MediaPlaylist(parsing: text)
            #expect(playlist.segments.map(\.durationSeconds) == [3, 1.5, 1.5])
            #expect(playlist.targetDuration == 3)
            let keyframes = try keyframes("out/hls/\(rung)/index.m3u8")
            for start in [0, 3, 4.5] { #expect(keyframes.contains { abs($0 - start) < 0.001 }) }
        }
    }

    @Test func sourceIsEncodedWhereThePipelineSaysSo() throws {
        var pipeline = try pipeline()
        pipeline.video.passthrough = false
        _ = try VideoProcessor(pipeline: pipeline).process(source: Samples.sunrise, output: folder.url)
        #expect(try pictures(output("play.mp4")) != pictures(Samples.sunrise))
    }

    @Test func firstRenditionIsTheSourceItself() throws {
        let first = try VideoProcessor(pipeline: pipeline()).processFirst(source: Samples.sunrise, output: folder.url)
        let package = try #require(first).package
        #expect(package.renditions.map(\.name) == ["720"])
        #expect(package.width == 1280 && package.height == 720)
        #expect(try pictures(output("play.mp4")) == pictures(Samples.sunrise))
        #expect(try PackageVerifier(folder: folder.url).verify() == package)
    }

    @Test func firstRenditionIsSmallWhereItMustBeEncoded() throws {
        var pipeline = try pipeline()
        pipeline.first = .init(shortSide: 180, minSeconds: 3)
        let first = try VideoProcessor(pipeline: pipeline).processFirst(source: Samples.portrait, output: folder.url)
        let package = try #require(first).package
        #expect(package.renditions.map(\.name) == ["180"])
        #expect(package.width == 180 && package.height == 320)
    }

    @Test func nothingComesFirstOfAShortSourceThatMustBeEncoded() throws {
        let first = try VideoProcessor(pipeline: pipeline()).processFirst(source: Samples.portrait, output: folder.url)
        #expect(first == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
