import Domain
import Foundation
import TestSupport
import Testing

/// `process --sandbox`: a confined child opens the file, its parent moves what was made.
@Suite struct ConfinedProcessTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func start(_ file: String, _ more: [String] = []) throws -> Program {
        try Program(["process", "--sandbox", file, "-o", folder.path("out/video")] + more, in: folder)
    }

    private func files(_ name: String) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: folder.path(name)))
    }

    /// Nothing was made, and nothing lies beside where it was to be.
    private func expectNothing() throws {
        let left = (try? FileManager.default.contentsOfDirectory(atPath: folder.path("out"))) ?? []
        #expect(left.isEmpty)
    }

    @Test func makesTheSameAsWithoutTheSandbox() throws {
        let outcome = try start(Samples.silent, ["--json"]).outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let printed = try JSONDecoder().decode(ProcessCommandTests.Printed.self, from: outcome.output)
        #expect(printed.copiedRendition == "480")
        #expect(Set(printed.package.files.map(\.path)).isSubset(of: try files("out/video")))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) == ["video"])
        _ = try Program.run("process", Samples.silent, "-o", folder.path("plain"), in: folder)
        #expect(try files("out/video") == files("plain"))
        #expect(try Program.run("verify", "--sandbox", folder.path("out/video"), in: folder).status == 0)
    }

    /// Paths below the working directory, an image of one's own, and a word that ends the options.
    @Test func takesPathsAndOptionsAsTheyAreGiven() throws {
        let manager = FileManager.default
        try manager.copyItem(atPath: Samples.browser, toPath: folder.path("a clip.mp4"))
        try manager.createDirectory(atPath: folder.path("what? #1"), withIntermediateDirectories: true)
        _ = try Program.run("cover", Samples.browser, "-o", folder.path("image.jpg"), in: folder)
        let outcome = try Program.run(
            "process",
            "-o",
            "what? #1",
            "--sandbox",
            "--cover-image",
            "image.jpg",
            "--",
            "a clip.mp4",
            in: folder
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(folder.exists("what? #1/play.mp4") && folder.exists("what? #1/cover.jpg"))
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        #expect(lines.last == "  cover: what? #1/cover.jpg")
    }

    @Test func refusalIsOneSentenceAndLeavesNothing() throws {
        try Data("#!/bin/sh\n".utf8).write(to: folder.url.appending(path: "clip.mp4"))
        let outcome = try start(folder.path("clip.mp4")).outcome()
        #expect(outcome.status == 65 && outcome.output.isEmpty)
        #expect(outcome.errors.filter { $0 == "\n" }.count == 1)
        try expectNothing()
        #expect(try start(folder.path("none.mp4")).outcome().status == 66)
        try expectNothing()
    }

    @Test func folderWithSomethingInItIsLeftAlone() throws {
        try FileManager.default.createDirectory(atPath: folder.path("out/video"), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: folder.url.appending(path: "out/video/notes.txt"))
        #expect(try start(Samples.silent).outcome().status == 73)
        #expect(try files("out") == ["video", "video/notes.txt"])
    }

    /// Whoever opens the file has a filter of system calls, no new privileges, no environment but a few words, and no thread
    /// outside it; whoever has the rights to clean up does not open it.
    @Test func onlyTheConfinedChildOpensTheFile() throws {
        let environment = ["CLIPYARD_DATABASE_URL": "secret"]
        let arguments = ["process", "--sandbox", Samples.sunrise, "-o", folder.path("out")]
        let program = try Program(arguments, environment: environment, in: folder)
        let child = try confinedChild(of: program)
        defer { program.process.terminate() }
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(child)/task")
        for thread in threads {
            // One that has ended meanwhile says nothing.
            let status = try? String(contentsOfFile: "/proc/\(child)/task/\(thread)/status", encoding: .utf8)
            #expect(status?.contains("Seccomp:\t2") != false && status?.contains("NoNewPrivs:\t1") != false)
        }
        let opened = try openFiles(of: program.process.processIdentifier)
        #expect(!opened.isEmpty && !opened.contains { $0.hasSuffix(".mp4") }, "\(opened)")
        // Only root may look, with rights that containers may lack.
        let seen = try? String(contentsOfFile: "/proc/\(child)/environ", encoding: .utf8)
        #expect(seen?.contains("secret") != true)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func stoppedRunLeavesNothing(number: Int32) throws {
        let program = try start(Samples.sunrise)
        let child = try confinedChild(of: program)
        kill(program.process.processIdentifier, number)
        let outcome = try program.outcome()
        #expect(outcome.status == 130 && outcome.errors.hasSuffix("The work was cancelled.\n"), "\(outcome.errors)")
        #expect(kill(child, 0) == -1)
        try expectNothing()
    }

    /// A file that makes its decoder crash takes the child, and nobody else.
    @Test func crashOfTheChildIsASentenceAndLeavesNothing() throws {
        let program = try start(Samples.sunrise)
        kill(try confinedChild(of: program), SIGSEGV)
        let outcome = try program.outcome()
        #expect(outcome.status == 70 && outcome.errors.contains("Signal 11"), "\(outcome.errors)")
        try expectNothing()
    }

    @Test func childEndsWithItsParent() throws {
        let program = try start(Samples.sunrise)
        let child = try confinedChild(of: program)
        kill(program.process.processIdentifier, SIGKILL)
        program.process.waitUntilExit()
        while isAlive(child) { Thread.sleep(forTimeInterval: 0.01) }
    }

    /// Dead, or waiting to be reaped by whoever took it over.
    private func isAlive(_ process: Int32) -> Bool {
        let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        guard let state = stat?.split(separator: ")").last?.split(separator: " ").first else { return false }
        return state != "Z" && state != "X"
    }

    /// Waits until the child is confined and has opened the file: it works then.
    private func confinedChild(of program: Program) throws -> Int32 {
        let parent = program.process.processIdentifier
        while true {
            try #require(program.process.isRunning, "it ended early")
            Thread.sleep(forTimeInterval: 0.01)
            let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")
            let children = tasks.compactMap {
                try? String(contentsOfFile: "/proc/\(parent)/task/\($0)/children", encoding: .utf8)
            }
            guard let child = children.joined(separator: " ").split(separator: " ").first.flatMap({ Int32($0) }) else {
                continue
            }
            let status = try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)
            // Threads are started once it works.
            let threads = status?.firstMatch(of: #/Threads:\t(\d+)/#).flatMap { Int($0.1) } ?? 0
            if status?.contains("Seccomp:\t2") == true, threads > 3 { return child }
        }
    }

    private func openFiles(of process: Int32) throws -> Set<String> {
        let folder = "/proc/\(process)/fd"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return Set(names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") })
    }
}
