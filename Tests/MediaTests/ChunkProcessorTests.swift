import Domain
import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

/// A video that is encoded in windows of two seconds, and in one piece.
struct ChunkedVideo {
    let folder: TemporaryFolder
    var pipeline: PipelineDefinition
    let source: String
    let info: MediaInfo
    var plan: ChunkPlan

    init(_ source: String, in folder: TemporaryFolder) throws {
        self.folder = folder
        self.source = source
        var pipeline = try PipelineDefinition.quick()
        pipeline.chunks = .init(aboveSeconds: 3, seconds: 2)
        // The fastest speed does not look ahead, which is what a cut could spoil.
        for index in pipeline.video.rungs.indices { pipeline.video.rungs[index].speed = .balanced }
        self.pipeline = pipeline
        info = try MediaProbe(limits: pipeline.limits).probe(source)
        plan = try #require(ChunkProcessor(pipeline: pipeline).plan(durationSeconds: info.durationSeconds))
        plan.windows = [(0, 2), (2, 4), (4, nil)].map { ChunkWindow(startSeconds: $0, endSeconds: $1) }
    }

    func makeFolder(_ name: String) throws -> URL {
        let url = folder.url.appending(path: name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    var processor: ChunkProcessor { ChunkProcessor(pipeline: pipeline) }

    /// Counts on so many cores.
    func encodeChunk(_ index: Int, cores: Int) throws -> URL {
        let url = try makeFolder("chunk-\(index)-of-\(cores)")
        let processor = ChunkProcessor(pipeline: pipeline, cores: cores)
        _ = try processor.encodeChunk(source: source, window: plan.windows[index], output: url)
        return url
    }

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

    /// One piece, nearly without loss: what the others are compared with.
    func encodeReference() throws {
        var pipeline = pipeline
        for index in pipeline.video.rungs.indices {
            pipeline.video.rungs[index].crf = 4
            pipeline.video.rungs[index].maxBitsPerSecond = 100_000_000
            pipeline.video.rungs[index].bufferBits = 200_000_000
        }
        pipeline.video.passthrough = false
        _ = try VideoProcessor(pipeline: pipeline).process(source: source, output: makeFolder("reference"))
    }

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

    @Test func parameterSetsAreThoseOfOneEncode() throws {
        let video = try ChunkedVideo(Samples.sunrise, in: folder)
        let (whole, chunked) = (try video.encodeWhole(), try video.encodeChunked())
        #expect(try PackageVerifier(folder: folder.url.appending(path: "chunked")).verify() == chunked)
        for rendition in whole.renditions {
            let path = "hls/\(rendition.name)/init.mp4"
            #expect(try bytes("whole/\(path)") == bytes("chunked/\(path)"))
        }
    }

    @Test func everyCodecSurvives() throws {
        var video = try ChunkedVideo(Samples.silent, in: folder)
        let rung = video.pipeline.video.rungs[1]
        video.pipeline.video.rungs = PipelineDefinition.VideoCodec.allCases.map { codec in
            var rung = rung
            rung.codec = codec
            return rung
        }
        let (whole, chunked) = (try video.encodeWhole(), try video.encodeChunked())
        #expect(chunked.renditions.map(\.codecs) == whole.renditions.map(\.codecs))
        #expect(chunked.renditions.count == 3)
        // AV1 without reordering and by segments: the very same pictures.
        for name in ["segment-00001.m4s", "segment-00002.m4s"] {
            #expect(try bytes("whole/hls/120-av1/\(name)") == bytes("chunked/hls/120-av1/\(name)"))
        }
    }

    @Test func repeatedWorkTakesThePlaceOfTheFirst() throws {
        let video = try ChunkedVideo(Samples.sunrise, in: folder)
        let (first, again) = (try video.encodeChunks(), try video.encodeChunk(1, into: "again"))
        let (sound, _) = (try video.encodeSound(), try video.encodeSound(into: "sound again"))
        #expect(try bytes("chunk-1/chunk.json") == bytes("again/chunk.json"))
        for name in ["sound.json", "sound.nut"] { #expect(try bytes("sound/\(name)") == bytes("sound again/\(name)")) }
        #expect(try video.assemble([first[0], again, first[2]], sound).durationSeconds == 6)
    }

    @Test func machinesOfAnySizeFitTogether() throws {
        let video = try ChunkedVideo(Samples.sunrise, in: folder)
        let chunks = try [1, 8, 2].enumerated().map { try video.encodeChunk($0.offset, cores: $0.element) }
        #expect(try video.assemble(chunks, video.encodeSound()).durationSeconds == 6)
    }

    @Test func filesAreNamed() throws {
        let video = try ChunkedVideo(Samples.sunrise, in: folder)
        let (window, output) = (video.plan.windows[0], try video.makeFolder("chunk"))
        let files = try video.processor.encodeChunk(source: video.source, window: window, output: output)
        #expect(files == ["120.nut", "240.nut", "chunk.json"])
        let sound = try video.processor.encodeSound(source: video.source, output: video.makeFolder("sound"))
        #expect(sound == ["sound.json", "sound.nut"])
    }

    @Test func silentVideoGetsNoSoundTrack() throws {
        let video = try ChunkedVideo(Samples.silent, in: folder)
        let package = try video.encodeChunked()
        #expect(package.renditions.allSatisfy { !$0.codecs.contains("mp4a") })
        #expect(try !contents("chunked/play.mp4").hasSound)
    }

    @Test func wrongPiecesAreRefused() throws {
        let video = try ChunkedVideo(Samples.sunrise, in: folder)
        let (chunks, sound) = (try video.encodeChunks(), try video.encodeSound())
        func complaint(_ chunks: [URL], _ sound: URL) -> String {
            let error = #expect(throws: MediaError.self) { try video.assemble(chunks, sound) }
            return error?.message ?? ""
        }
        #expect(complaint(chunks.dropLast(), sound).contains("missing"))
        #expect(complaint([chunks[0], chunks[2]], sound).contains("missing"))
        #expect(complaint([chunks[1], chunks[0], chunks[2]], sound).contains("place"))
        #expect(complaint(chunks, chunks[0]).contains("sound.json"))
        // A file that lost its end.
        let file = chunks[1].appending(path: "240.nut")
        let data = try Data(contentsOf: file)
        try data.prefix(data.count / 2).write(to: file)
        #expect(complaint(chunks, sound).contains("Chunk 2, rendition 240"))
    }

    @Test func chunkOfOtherSettingsIsRefused() throws {
        let video = try ChunkedVideo(Samples.sunrise, in: folder)
        var (chunks, sound) = (try video.encodeChunks(), try video.encodeSound())
        var other = video
        for index in other.pipeline.video.rungs.indices { other.pipeline.video.rungs[index].speed = .small }
        chunks[1] = try other.encodeChunk(1, into: "other")
        let error = #expect(throws: MediaError.self) { try video.assemble(chunks, sound) }
        #expect(error?.message.contains("other settings") == true)
    }

    @Test func cancelledWorkLeavesNothing() throws {
        let video = try ChunkedVideo(Samples.sunrise, in: folder)
        let cancellation = Cancellation()
        let output = try video.makeFolder("chunk")
        let error = #expect(throws: MediaError.self) {
            try video.processor.encodeChunk(
                source: video.source,
                window: video.plan.windows[1],
                output: output,
                cancellation: cancellation
            ) { if $0.fraction > 0.2 { cancellation.cancel() } }
        }
        #expect(error?.code == .cancelled)
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
    }
}
