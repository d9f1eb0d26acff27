import Domain
import Foundation
import TestSupport
import Testing

@Suite struct ProcessCommandTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    struct Printed: Decodable {
        var info: MediaInfo
        var package: MediaPackage
        var copiedRendition: String?
        var timings: [String: Double]
    }

    @Test func fillsTheFolderAndSaysWhatIsInIt() throws {
        let outcome = try Program.run("process", Samples.silent, "-o", folder.path("out/video"), "--json", in: folder)
        #expect(outcome.status == 0)
        // On a slow machine there is time for progress, and for nothing else.
        #expect(outcome.errors.split(separator: "\n").allSatisfy { $0.contains(" frames/s") })
        let printed = try JSONDecoder().decode(Printed.self, from: outcome.output)
        #expect(printed.info.audio == nil)
        #expect(printed.package.renditions.map(\.name) == ["480", "360"])
        #expect(printed.copiedRendition == "480")
        #expect(printed.timings.keys.sorted() == ["probeSeconds", "transcodeSeconds", "verifySeconds"])
        #expect(printed.timings.values.allSatisfy { $0 > 0 })
        let present = try FileManager.default.subpathsOfDirectory(atPath: folder.path("out/video"))
        let files = present.filter { $0.contains(".") }
        #expect(Set(files) == Set(printed.package.files.map(\.path)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) == ["video"])
        let verified = try Program.run("verify", folder.path("out/video"), in: folder)
        #expect(verified.status == 0)
    }

    @Test func refusalIsOneSentenceAndLeavesNothing() throws {
        try Data("#!/bin/sh\n".utf8).write(to: folder.url.appending(path: "clip.mp4"))
        let outcome = try Program.run("process", folder.path("clip.mp4"), "-o", folder.path("out"), in: folder)
        #expect(outcome.status == 65)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasSuffix(".\n"))
        #expect(outcome.errors.filter { $0 == "\n" }.count == 1)
        #expect(!folder.exists("out"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).allSatisfy { !$0.contains("partial") }
        )
    }

    @Test func folderWithSomethingInItIsLeftAlone() throws {
        try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: folder.url.appending(path: "out/notes.txt"))
        let outcome = try Program.run("process", Samples.silent, "-o", folder.path("out"), in: folder)
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("is not empty"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) == ["notes.txt"])
    }

    @Test func emptyFolderIsFilledWhateverItsName() throws {
        let name = "what? #1 %20"
        try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        let outcome = try Program.run("process", Samples.browser, "-o", folder.path(name), in: folder)
        #expect(outcome.status == 0)
        #expect(folder.exists(name + "/play.mp4"))
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        #expect(lines.contains { $0.contains("verified") })
        #expect(lines.contains { $0.contains(#/^  270 +480 x 270 +encoded +avc1/#) })
        #expect(lines.last.map { $0.hasSuffix("\(name)/cover.jpg") } == true)
    }

    @Test func firstRenditionIsMadeAlone() throws {
        let copied = try Program.run("process", Samples.silent, "-o", folder.path("a"), "--first", in: folder)
        #expect(copied.status == 0)
        #expect(String(decoding: copied.output, as: UTF8.self).contains(#/  480 +640 x 480 +copied/#))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("a/hls")).sorted().first == "480")
        let short = try Program.run("process", Samples.browser, "-o", folder.path("b"), "--first", in: folder)
        #expect(short.status == 0)
        #expect(String(decoding: short.output, as: UTF8.self).contains("nothing to publish first"))
    }

    @Test func missingFileAndWrongUsageHaveCodesOfTheirOwn() throws {
        #expect(try Program.run("process", folder.path("no.mp4"), "-o", folder.path("out"), in: folder).status == 66)
        #expect(try Program.run("process", Samples.silent, in: folder).status == 64)
        #expect(try Program.run("process", "--nonsense", in: folder).status == 64)
        let noPipeline = ["CLIPYARD_PIPELINE": "/nowhere.yaml"]
        let outcome = try Program.run("probe", Samples.silent, environment: noPipeline, in: folder)
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("/nowhere.yaml"))
    }

    @Test func terminatedRunLeavesNothing() throws {
        let program = try Program(["process", Samples.sunrise, "-o", folder.path("out")], in: folder)
        // The hidden folder beside the output shows that work has begun.
        while try !FileManager.default.contentsOfDirectory(atPath: folder.url.path).contains(where: {
            $0.hasPrefix(".out")
        }) {
            try #require(program.process.isRunning)
            Thread.sleep(forTimeInterval: 0.01)
        }
        program.process.terminate()
        let outcome = try program.outcome()
        #expect(outcome.status == 130)
        #expect(!folder.exists("out"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).allSatisfy { !$0.hasPrefix(".out") }
        )
    }

    @Test func probePrintsWhatItFound() throws {
        let outcome = try Program.run("probe", Samples.portrait, in: folder)
        #expect(outcome.status == 0)
        let info = try JSONDecoder().decode(MediaInfo.self, from: outcome.output)
        #expect(info.video.displayWidth == 720 && info.video.displayHeight == 1280)
    }

    @Test func verifySaysWhichFileIsBroken() throws {
        #expect(try Program.run("process", Samples.browser, "-o", folder.path("out"), in: folder).status == 0)
        try FileManager.default.removeItem(atPath: folder.path("out/hls/270/segment-00002.m4s"))
        let outcome = try Program.run("verify", folder.path("out"), in: folder)
        #expect(outcome.status == 70)
        #expect(outcome.errors == "hls/270/segment-00002.m4s is missing. (files)\n")
        let report = try Program.run("verify", folder.path("out"), "--json", in: folder)
        #expect(report.status == 70)
        #expect(String(decoding: report.output, as: UTF8.self).contains("\"rule\" : \"files\""))
    }

    @Test func pipelineMistakesAreNamedByLine() throws {
        #expect(try Program.run("pipelines", "check", Program.pipeline, in: folder).status == 0)
        let text = try String(contentsOfFile: Program.pipeline, encoding: .utf8)
        try Data(text.replacing("jpeg_quality: 3", with: "jpeg_qualty: 3").utf8).write(
            to: folder.url.appending(path: "p.yaml")
        )
        let outcome = try Program.run("pipelines", "check", folder.path("p.yaml"), in: folder)
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("cover.jpeg_qualty: is not a known key"))
        #expect(outcome.errors.firstMatch(of: #/p\.yaml:\d+: /#) != nil)
    }

    @Test func codecsSpeakOnlyWhenAsked() throws {
        let outcome = try Program.run("probe", Samples.portrait, environment: ["CLIPYARD_LOG": "debug"], in: folder)
        #expect(outcome.status == 0)
        let quiet = try Program.run("probe", Samples.portrait, in: folder)
        #expect(quiet.errors == "")
    }
}
