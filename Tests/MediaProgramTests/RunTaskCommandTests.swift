import Domain
import Foundation
import MediaTasks
import TestSupport
import Testing

@Suite struct RunTaskCommandTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Starts a child, gives it its task and holds its standard input open, as a worker does.
    func start(_ task: TaskRequest.Task, _ source: String) throws -> Program {
        try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: true)
        // Swift's own crash reports would take a signal that comes from outside for handled.
        let program = try Program(["run-task"], environment: ["SWIFT_BACKTRACE": "enable=no"], in: folder)
        let request = TaskRequest(task: task, source: source, output: folder.path("out"), pipeline: Program.pipeline)
        try program.input.fileHandleForWriting.write(contentsOf: TaskLine.encode(request))
        return program
    }

    func messages(_ outcome: Program.Outcome) throws -> [TaskMessage] {
        try outcome.output.split(separator: UInt8(ascii: "\n")).map { try TaskLine.decode(TaskMessage.self, from: $0) }
    }

    func report(_ outcome: Program.Outcome) throws -> TaskReport? {
        guard case .report(let report) = try messages(outcome).last else { return nil }
        return report
    }

    @Test func transcodeReportsProgressAndThenThePackage() throws {
        let outcome = try start(.transcode, Samples.sunrise).outcome()
        #expect(outcome.status == 0 && outcome.errors == "")
        guard case .transcoded(let package) = try report(outcome) else {
            Issue.record("no package was reported")
            return
        }
        #expect(package.renditions.map(\.name) == ["720", "480", "360"])
        #expect(package.files.allSatisfy { folder.exists("out/\($0.path)") })
        guard case .confined(let confinement) = try messages(outcome).first else {
            Issue.record("the first message is not about the sandbox")
            return
        }
        #expect(confinement.mode == .require && Set(confinement.layers).isSuperset(of: ["landlock", "seccomp"]))
        let fractions = try messages(outcome).dropFirst().dropLast().map { message in
            guard case .progress(let progress) = message else { throw CocoaError(.coderInvalidValue) }
            return progress.fraction
        }
        #expect(fractions.count > 1)
        #expect(fractions == fractions.sorted())
        #expect(fractions.allSatisfy { (0...1).contains($0) })
    }

    @Test(arguments: ["require", "try"]) func modesWithASandboxWork(mode: String) throws {
        let outcome = try Program.run("check-sandbox", environment: ["CLIPYARD_SANDBOX": mode], in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func offReportsThatEveryLayerIsMissing() throws {
        let outcome = try Program.run("check-sandbox", environment: ["CLIPYARD_SANDBOX": "off"], in: folder)
        let confinement = try TaskLine.decode(TaskConfinement.self, from: outcome.output)
        #expect(confinement.mode == .off && confinement.layers.isEmpty && confinement.missing.contains("landlock"))
    }

    @Test func anUnknownModeIsRefused() throws {
        let outcome = try Program.run("check-sandbox", environment: ["CLIPYARD_SANDBOX": "maybe"], in: folder)
        #expect(outcome.status == 78 && outcome.errors.contains("require, try, off"))
    }

    @Test func probeAndVerifyByHandWorkInTheSandbox() throws {
        let probe = try Program.run("probe", "--sandbox", Samples.portrait, in: folder)
        #expect(probe.status == 0, "\(probe.errors)")
        _ = try Program.run("process", Samples.sunrise, "-o", "package", in: folder)
        let verify = try Program.run("verify", "--sandbox", "package", in: folder)
        #expect(verify.status == 0, "\(verify.errors)")
    }

    @Test func probeReportsWhatItFound() throws {
        let outcome = try start(.probe, Samples.portrait).outcome()
        guard case .probed(let info, _) = try report(outcome) else {
            Issue.record("nothing was reported")
            return
        }
        #expect(info.video.rotationDegrees == 90)
    }

    @Test(arguments: [TaskRequest.Task.probe, .transcode])
    func refusalIsAReport(task: TaskRequest.Task) throws {
        let file = folder.url.appending(path: "clip.mp4")
        try Data("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".utf8).write(to: file)
        let outcome = try start(task, file.path).outcome()
        #expect(outcome.status == 0)
        guard case .refused(let refusal) = try report(outcome) else {
            Issue.record("no refusal was reported")
            return
        }
        #expect([.unsupportedFormat, .notMedia].contains(refusal.code))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).isEmpty)
    }

    @Test func missingSourceIsAFailureThatMayPass() throws {
        let outcome = try start(.transcode, folder.path("gone.mp4")).outcome()
        guard case .failed(let message) = try report(outcome) else {
            Issue.record("no failure was reported")
            return
        }
        #expect(message.contains("gone.mp4"))
    }

    @Test func childEndsAtOnceWhenItsWorkerIsGone() throws {
        let program = try start(.transcode, Samples.sunrise)
        while try !program.printed().contains("progress") { Thread.sleep(forTimeInterval: 0.01) }
        try program.input.fileHandleForWriting.close()
        let outcome = try program.outcome()
        #expect(outcome.status == 75)
        #expect(try report(outcome) == nil)
    }

    @Test func allThreadsAreScheduledAsBatch() throws {
        let program = try start(.transcode, Samples.sunrise)
        while try !program.printed().contains("progress") { Thread.sleep(forTimeInterval: 0.01) }
        let threads = "/proc/\(program.process.processIdentifier)/task"
        let policies = try FileManager.default.contentsOfDirectory(atPath: threads).compactMap { thread in
            // Field 41 of proc(5), counted behind the name; threads may end meanwhile.
            try? String(contentsOfFile: "\(threads)/\(thread)/stat", encoding: .utf8)
                .split(separator: ")").last?.split(separator: " ").dropFirst(38).first
        }
        program.process.terminate()
        program.process.waitUntilExit()
        #expect(policies.count > 1)
        #expect(Set(policies) == ["3"], "3 is SCHED_BATCH")
    }

    @Test func crashIsASignalAndNoReport() throws {
        let program = try start(.transcode, Samples.sunrise)
        while try !program.printed().contains("progress") { Thread.sleep(forTimeInterval: 0.01) }
        kill(program.process.processIdentifier, SIGSEGV)
        let outcome = try program.outcome()
        #expect(outcome.wasSignalled)
        #expect(try report(outcome) == nil)
    }

    @Test func nonsenseIsNoTask() throws {
        let program = try Program(["run-task"], in: folder)
        try program.input.fileHandleForWriting.write(contentsOf: Data("hello\n".utf8))
        #expect(try program.outcome().status == 64)
    }
}
