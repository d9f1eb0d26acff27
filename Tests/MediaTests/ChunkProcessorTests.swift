import Domain
import FFmpeg
import Foundation
import Testing

@testable import Media

/// A video that is encoded in windows of two seconds, and in one piece.
struct ChunkedVideo {
    let folder: TemporaryFolder
    let pipeline: PipelineDefinition
    let source: String
    let info: MediaInfo
    let plan: ChunkPlan

    init(_ source: String, in folder: TemporaryFolder) throws {
        self.folder = folder
        self.source = source
        var pipeline = try PipelineDefinition.quick()
        pipeline.chunks = .init(aboveSeconds: 3, seconds: 2)
        self.pipeline = pipeline
        info = try MediaProbe(limits: pipeline.limits).probe(source)
        plan = try #require(ChunkProcessor(pipeline: pipeline).plan(durationSeconds: info.durationSeconds))
    }

    func makeFolder(_ name: String) throws -> URL {
        let url = folder.url.appending(path: name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    var processor: ChunkProcessor { ChunkProcessor(pipeline: pipeline) }

    func encodeChunk(_ index: Int, into name: String? = nil) throws -> URL {
        let url = try makeFolder(name ?? "chunk-\(index)")
        _ = try processor.encodeChunk(source: source, window: plan.windows[index], output: url)
        return url
    }

    func encodeChunks() throws -> [URL] { try plan.windows.indices.map { try encodeChunk($0) } }

    func encodeSound(into name: String = "sound") throws -> URL {
        let url = try makeFolder(name)
        _ = try processor.encodeSound(source: source, output: url)
        return url
    }

    func assemble(_ chunks: [URL], _ sound: URL) throws -> MediaPackage {
        try processor.assemble(source: source, chunks: chunks, sound: sound, output: makeFolder("chunked"))
    }

    func encodeChunked() throws -> MediaPackage { try assemble(encodeChunks(), encodeSound()) }

    func encodeWhole() throws -> MediaPackage {
        var pipeline = pipeline
        pipeline.video.passthrough = false
        return try VideoProcessor(pipeline: pipeline).process(source: source, output: makeFolder("whole")).package
    }
}

@Suite struct ChunkProcessorTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func contents(_ path: String) throws -> ContainerContents {
        try ContainerContents(path: folder.url.appending(path: path).path, formats: ["mov"])
    }

    func bytes(_ path: String) throws -> Data { try Data(contentsOf: folder.url.appending(path: path)) }

    @Test func chunksBecomeThePackageOfOneEncode() throws {
        let video = try ChunkedVideo(Samples.sunrise, in: folder)
        let (whole, chunked) = (try video.encodeWhole(), try video.encodeChunked())
        #expect(chunked.files.map(\.path) == whole.files.map(\.path))
        #expect(chunked.durationSeconds == whole.durationSeconds)
        #expect(try PackageVerifier(folder: folder.url.appending(path: "chunked")).verify() == chunked)
        // One initialization segment has the parameter sets of all chunks, and of an encoder that saw everything.
        for rung in ["240", "120"] {
            #expect(try bytes("whole/hls/\(rung)/init.mp4") == bytes("chunked/hls/\(rung)/init.mp4"))
        }
    }
}
