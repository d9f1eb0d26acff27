import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// Chromium plays every kind of package to its end, `play.mp4` and the HLS: with no error, at its size, with pictures and
/// sound.
@Suite struct BrowserTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let script = URL(filePath: #filePath).appending(path: "../../../scripts/play-corpus").standardized.path

    func makeFolder(_ name: String) throws -> URL {
        let url = folder.url.appending(path: name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    /// Writes down what is in the package that the browser will play.
    func describe(_ name: String, _ package: MediaPackage) throws {
        try JSONEncoder().encode(package).write(to: folder.url.appending(path: "\(name).json"))
    }

    func make(_ name: String, _ source: String, _ change: (inout PipelineDefinition) -> Void = { _ in }) throws {
        var pipeline = try PipelineDefinition.quick()
        change(&pipeline)
        let result = try VideoProcessor(pipeline: pipeline).process(source: source, output: makeFolder(name))
        #expect((result.copiedRendition != nil) == (name == "copied"))
        try describe(name, result.package)
    }

    func makeChunked(_ name: String) throws {
        let pieces = try TemporaryFolder()
        let video = try ChunkedVideo(Samples.sunrise, in: pieces)
        let package = try video.processor.assemble(
            source: video.source,
            chunks: video.encodeChunks(),
            sound: video.encodeSound(),
            output: makeFolder(name)
        )
        try describe(name, package)
    }

    @Test func everyKindOfPackagePlaysToItsEnd() throws {
        try make("portrait", Samples.portrait)
        try make("copied", Samples.sunrise) { $0.video.rungs[0].shortSide = 720 }
        // Not AV1: this browser changes from it to H.264 on the way, and then gives up.
        try make("codecs", Samples.silent) { pipeline in
            let rung = pipeline.video.rungs[1]
            pipeline.video.rungs = [PipelineDefinition.VideoCodec.h264, .hevc].map { codec in
                var rung = rung
                rung.codec = codec
                return rung
            }
        }
        try makeChunked("chunked")
        let sound = "-f lavfi -i sine=d=3 -c:v libx264 -preset ultrafast -c:a aac"
        let fast = try Clip("clip.mp4", "-f lavfi -i testsrc2=s=320x180:r=60:d=3 \(sound) -g 999 -bf 3")
        try make("fast", fast.url.path) { $0.video.passthrough = false }
        let gaps = "-vf select='lt(t,0.5)+gt(t,2.4)' -fps_mode vfr -g 999"
        let uneven = try Clip("clip.mp4", "-f lavfi -i testsrc2=s=320x180:r=30:d=3 \(sound) \(gaps)")
        try make("uneven", uneven.url.path) { $0.video.passthrough = false }
        let printed = try Command.run(Self.script, ["--packages", folder.url.path], seconds: 300).output
        let lines = String(decoding: printed, as: UTF8.self).split(whereSeparator: \.isNewline)
        #expect(lines.count { $0.hasPrefix("played ") } == 12, "\(lines.joined(separator: "\n"))")
    }
}
