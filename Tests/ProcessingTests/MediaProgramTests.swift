import Domain
import Foundation
import Glibc
import Logging
import MediaTasks
import Testing

@testable import Processing

/// A child of every kind, played by a shell script: what the worker makes of it.
@Suite struct MediaProgramTests {
    private static let generous = TaskLimits(memoryBytes: 1 << 30, cpuSeconds: 60, fileBytes: 1 << 30)
    private let request = TaskRequest(task: .probe, source: "/dev/null", pipeline: "/dev/null")

    private func run(
        _ script: String,
        limits: TaskLimits = generous,
        progress: @Sendable @escaping (TaskProgress) -> Void = { _ in }
    ) async throws -> TaskEnd {
        let path = NSTemporaryDirectory() + "clipyard-child-\(UUID().uuidString)"
        FileManager.default.createFile(
            atPath: path,
            contents: Data("#!/bin/sh\n\(script)\n".utf8),
            attributes: [.posixPermissions: 0o755]
        )
        defer { try? FileManager.default.removeItem(atPath: path) }
        let program = MediaProgram(path: path, limits: limits, logger: Logger(label: "test"))
        return try await program.run(request, progress: progress)
    }

    private static let done = #"echo '{"report":{"_0":{"failed":{"message":"done"}}}}'"#

    @Test func theRequestArrivesOnStandardInput() async throws {
        let end = try await run(#"read line; case "$line" in *'"task":"probe"'*) "# + Self.done + ";; esac")
        #expect(end == .reported(.failed(message: "done")))
    }

    @Test func progressComesInOrder() async throws {
        let seen = Seen()
        _ = try await run(
            #"for f in 0.25 0.5; do echo "{\"progress\":{\"_0\":{\"fraction\":$f,\"framesPerSecond\":0}}}"; done; "#
                + Self.done,
            progress: { seen.append($0.fraction) }
        )
        #expect(seen.values == [0.25, 0.5])
    }

    /// The worker's environment holds the keys to the database; `HOME` stands for them here.
    @Test func theChildSeesNothingOfTheWorkersEnvironment() async throws {
        #expect(ProcessInfo.processInfo.environment["HOME"] != nil)
        #expect(
            try await run("echo \"[${HOME-none}]\" >&2; exit 9")
                == .vanished("clipyard-media exited with status 9: [none]")
        )
    }

    @Test func aCrashIsAValue() async throws {
        #expect(try await run("kill -SEGV $$") == .crashed(signal: SIGSEGV))
    }

    @Test func silenceIsToldWithTheLastWords() async throws {
        let end = try await run("echo first >&2; echo 'out of luck' >&2; exit 3")
        #expect(end == .vanished("clipyard-media exited with status 3: out of luck"))
    }

    @Test func aChildThatBurnsItsProcessorTimeIsStopped() async throws {
        let limits = TaskLimits(memoryBytes: 1 << 30, cpuSeconds: 1, fileBytes: 1 << 30)
        #expect(try await run("while :; do :; done", limits: limits) == .exceeded(limit: "processor time"))
    }

    @Test func aChildThatWritesTooMuchIsStopped() async throws {
        let limits = TaskLimits(memoryBytes: 1 << 30, cpuSeconds: 60, fileBytes: 1 << 20)
        let file = NSTemporaryDirectory() + "clipyard-large-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let end = try await run("exec dd if=/dev/zero of=\(file) bs=65536 count=64", limits: limits)
        #expect(end == .exceeded(limit: "output size"))
    }

    @Test func memoryIsLimited() async throws {
        let limits = TaskLimits(memoryBytes: 64 << 20, cpuSeconds: 60, fileBytes: 1 << 30)
        let end = try await run("exec dd if=/dev/zero of=/dev/null bs=256M count=1", limits: limits)
        guard case .vanished(let words) = end else {
            Issue.record("it was given 256 MiB of 64: \(end)")
            return
        }
        #expect(words.contains("memory"))
    }

    @Test func cancellingEndsTheWholeGroup() async throws {
        let pidFile = NSTemporaryDirectory() + "clipyard-pid-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: pidFile) }
        // A child that ignores a polite request, and a grandchild.
        let task = Task { try await run("trap '' TERM; sleep 100 & echo $! > \(pidFile); wait; sleep 100") }
        var grandchild: Int32?
        while grandchild == nil {
            grandchild = (try? String(contentsOfFile: pidFile, encoding: .utf8)).flatMap { Int32($0.dropLast()) }
            try await Task.sleep(for: .milliseconds(10))
        }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        // Left alone, it would take 100 seconds; the rest is for a busy machine.
        #expect(ContinuousClock.now - start < .seconds(30))
        let pid = try #require(grandchild)
        let deadline = ContinuousClock.now + .seconds(30)
        while kill(pid, 0) == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
        #expect(kill(pid, 0) == -1, "the grandchild lives on")
    }
}

private final class Seen: @unchecked Sendable {
    // Appended to by the one task that reads the child's lines, read after it ended.
    private(set) var values: [Double] = []
    func append(_ value: Double) { values.append(value) }
}
