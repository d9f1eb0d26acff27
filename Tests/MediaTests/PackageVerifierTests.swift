import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// A package that was right, and one thing in it that is not any more.
@Suite struct PackageVerifierTests {
    let folder: TemporaryFolder
    let verifier: PackageVerifier

    init() throws {
        folder = try TemporaryFolder()
        verifier = PackageVerifier(folder: folder.url)
        _ = try VideoProcessor(pipeline: .quick()).process(source: Samples.browser, output: folder.url)
    }

    func file(_ path: String) -> URL { folder.url.appending(path: path) }

    func truncate(_ path: String, by share: Double = 0.3) throws {
        let data = try Data(contentsOf: file(path))
        try data.dropLast(Int(Double(data.count) * share)).write(to: file(path))
    }

    func replace(_ text: String, with other: String, in path: String) throws {
        let old = try String(contentsOf: file(path), encoding: .utf8)
        let new = old.replacing(text, with: other)
        try #require(new != old)
        try Data(new.utf8).write(to: file(path))
    }

    func complaint() -> String {
        #expect(throws: MediaError.self) { try verifier.verify() }?.message ?? ""
    }

    @Test func wholePackageIsRight() throws { #expect(try verifier.verify().renditions.count == 2) }

    @Test(arguments: ["play.mp4", "cover.jpg", "hls/240/init.mp4", "hls/120/segment-00002.m4s"])
    func truncatedFileIsFound(path: String) throws {
        // What decodes of a cover that lost its end is only grey, but its end is missed.
        try truncate(path, by: 0.6)
        #expect(!complaint().isEmpty)
    }

    @Test(arguments: [
        "play.mp4", "cover.jpg", "hls/master.m3u8", "hls/240/index.m3u8", "hls/240/init.mp4",
        "hls/120/segment-00001.m4s",
    ])
    func missingFileIsFound(path: String) throws {
        try FileManager.default.removeItem(at: file(path))
        #expect(!complaint().isEmpty)
    }

    @Test func unexplainedFileIsFound() throws {
        try Data("x".utf8).write(to: file("hls/240/segment-00009.m4s"))
        #expect(complaint().contains("segment-00009.m4s"))
    }

    @Test func wrongPlaylistsAreFound() throws {
        try replace("RESOLUTION=426x240", with: "RESOLUTION=640x360", in: "hls/master.m3u8")
        #expect(complaint().contains("426"))
    }

    @Test func wrongSegmentDurationsAreFound() throws {
        try replace(
            "#EXTINF:2.000000,\nsegment-00001",
            with: "#EXTINF:1.500000,\nsegment-00001",
            in: "hls/120/index.m3u8"
        )
        #expect(complaint().contains("(extinf)"))
    }

    @Test func playlistWithoutItsLastSegmentIsFound() throws {
        let path = "hls/120/index.m3u8"
        let text = try String(contentsOf: file(path), encoding: .utf8)
        let match = try #require(text.firstMatch(of: /#EXTINF:[\d.]+,\nsegment-00002.m4s\n/))
        try replace(String(match.0), with: "", in: path)
        #expect(!complaint().isEmpty)
    }

    @Test func whatIsNotTheSourceIsFound() throws {
        let plan = try TranscodePlan(
            for: MediaProbe(limits: PipelineDefinition.quick().limits).probe(Samples.browser).video,
            pipeline: .quick()
        )
        func complaint(hasSound: Bool = true, seconds: Double = 4, rungs: Int = 2) throws -> String? {
            var plan = plan
            plan.rungs = Array(plan.rungs.prefix(rungs))
            let expectation = try PackageVerifier.Expectation(
                plan: plan,
                pipeline: .quick(),
                result: .init(hasSound: hasSound, durationSeconds: seconds)
            )
            do { _ = try verifier.verify(expectation) } catch let error as MediaError { return error.message }
            return nil
        }
        #expect(try complaint() == nil)
        #expect(try complaint(hasSound: false)?.contains("lost the sound. (source)") == true)
        #expect(try complaint(seconds: 4.3)?.contains("should last 4.3 s. (source)") == true)
        #expect(try complaint(rungs: 1)?.contains("(source)") == true)
    }

    @Test func picturesThatThePipelineMakesMustBeThere() throws {
        var pipeline = try PipelineDefinition.quick()
        let complete = try PipelineDefinition.shortVideo()
        (pipeline.storyboard, pipeline.preview) = (complete.storyboard, complete.preview)
        let output = try TemporaryFolder()
        let made = try VideoProcessor(pipeline: pipeline).process(source: Samples.browser, output: output.url)
        let verifier = PackageVerifier(folder: output.url)
        let expectation = PackageVerifier.Expectation(
            plan: TranscodePlan(for: made.info.video, pipeline: pipeline),
            pipeline: pipeline,
            result: .init(hasSound: true, durationSeconds: made.package.durationSeconds)
        )
        #expect(try verifier.verify(expectation) == made.package)
        for name in ["cover.webp", "cover-small.jpg", "preview.webp", "storyboard.jpg", "storyboard.vtt"] {
            let file = output.url.appending(path: name)
            let data = try Data(contentsOf: file)
            try FileManager.default.removeItem(at: file)
            let error = #expect(throws: MediaError.self) { try verifier.verify(expectation) }
            #expect(error?.message.contains("\(name) is missing") == true)
            try data.write(to: file)
        }
    }
}
