import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct CodecLadderTests {
    /// One small rung of every codec.
    func pipeline() throws -> PipelineDefinition {
        var pipeline = try PipelineDefinition.quick()
        var rung = pipeline.video.rungs[1]
        pipeline.video.rungs = PipelineDefinition.VideoCodec.allCases.map { codec in
            rung.codec = codec
            return rung
        }
        return pipeline
    }

    @Test func everyCodecIsSaidAndStartsItsSegmentsAtTheSameTimes() throws {
        let folder = try TemporaryFolder()
        let package = try VideoProcessor(pipeline: pipeline()).process(source: Samples.silent, output: folder.url)
            .package
        #expect(package.renditions.map(\.name) == ["120", "120-hevc", "120-av1"])
        #expect(package.renditions.map { $0.codecs.prefix(5) } == ["avc1.", "hvc1.", "av01."])
        for rendition in package.renditions {
            let path = folder.url.appending(path: "hls/\(rendition.name)/index.m3u8").path
            let contents = try ContainerContents(path: path, formats: ["hls", "mov"])
            #expect(contents.frameCount == 100)
            for start in [0.0, 2] { #expect(contents.keyframeTimes.contains { abs($0 - start) < 0.001 }) }
        }
    }
}
