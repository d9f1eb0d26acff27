import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

/// A worker that is frozen past its lease, and wakes when another has done its job.
@Suite struct FrozenWorkerTests {
    @Test(arguments: ["raw", "runner"])
    func finishOfAFrozenWorkerIsRefused(kind: String) async throws {
        try await withQueue { queue, pool in
            let answer = try await freezeAndWake(kind, queue)
            #expect(answer == "stale")
            #expect(try await brokenInvariants(pool) == [])
            #expect(try await pool.first("SELECT count(*) FROM effects", as: Int.self) == 1)
        }
    }

    /// The test above proves something only if it fails without the fence.
    @Test func withoutTheFenceTheEffectHappensTwice() async throws {
        try await withQueue { queue, pool in
            try await removeFence(pool)
            let answer = try await freezeAndWake("raw", queue)
            #expect(answer == "completed")
            #expect(
                try await brokenInvariants(pool).contains("a completed job has exactly one effect, by its last lease")
            )
            #expect(try await pool.first("SELECT count(*) FROM effects", as: Int.self) == 2)
        }
    }

    /// Rewrites the function that ends an attempt so that any token will do, or none.
    private func removeFence(_ pool: PostgresPool) async throws {
        let fence =
            "DELETE FROM jobs.lease WHERE job_id = p_job AND lease = p_lease;\n    IF NOT FOUND THEN RETURN NULL; END IF;"
        let function = "jobs._end_attempt(bigint,bigint)"
        let definition = try await pool.first("SELECT pg_get_functiondef(\(function)::regprocedure)", as: String.self)
        let original = try #require(definition)
        let mutant = original.replacing(fence, with: "DELETE FROM jobs.lease WHERE job_id = p_job;")
        #expect(mutant != original)
        try await pool.execute(SQL(verbatim: mutant))
    }

    /// Returns what the frozen worker says became of its job.
    private func freezeAndWake(_ kind: String, _ queue: JobQueue) async throws -> String {
        // A second job keeps the flow from being completed, which would be another defence.
        try await queue.enqueueEffects(["job", "later"], after: ["later": ["job"]])
        let zombie = try TestWorker(kind, queue.pool, lease: .milliseconds(400))
        defer { zombie.kill() }
        #expect(try await zombie.nextLine() == "claimed")
        try await zombie.freeze()
        zombie.allowToFinish()
        try await eventually { try await queue.reapAll() == [.retryable] }
        let job = try #require(try await queue.claimOne())
        #expect(try await queue.completeWithEffect(job) == .completed)
        zombie.signal(SIGCONT)
        return try await zombie.nextLine()
    }

    /// It holds a row that everybody who publishes needs.
    @Test func transactionOfAFrozenProcessIsEndedByTheServerWithinFiveSeconds() async throws {
        try await withQueue { _, pool in
            let frozen = try TestWorker("transaction", pool, lease: .zero)
            defer { frozen.kill() }
            #expect(try await frozen.nextLine() == "claimed")
            try await frozen.freeze()
            try await pool.withTransaction { transaction in
                try await transaction.execute("SET LOCAL lock_timeout = '5s'")
                try await transaction.execute("UPDATE video_clock SET published_ms = published_ms + 1")
            }
        }
    }

    @Test func jobOfAKilledWorkerIsTakenOver() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["job"])
            let victim = try TestWorker("runner", pool, lease: .milliseconds(400))
            #expect(try await victim.nextLine() == "claimed")
            victim.kill()
            try await eventually { try await queue.reapAll() == [.retryable] }
            let job = try #require(try await queue.claimOne())
            #expect(job.attempt == 2)
            #expect(try await queue.show(job.id)?.errors.map(\.code) == ["lease_expired"])
            try await queue.completeWithEffect(job)
            #expect(try await brokenInvariants(pool) == [])
        }
    }
}

/// The process `job-test-worker`.
private final class TestWorker: Sendable {
    private let process: Process
    private let input = Pipe()
    private let output = Pipe()

    init(_ kind: String, _ pool: PostgresPool, lease: Duration) throws {
        process = Process()
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        process.executableURL = folder.appending(path: "job-test-worker")
        let milliseconds = lease / .milliseconds(1)
        process.arguments = [kind, pool.configuration.conninfo, "\(Int(milliseconds))"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Blocks on a thread of its own.
    func nextLine() async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try self.readLine() }) }
        }
    }

    private func readLine() throws -> String {
        var line = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1), let character = byte.first, character != 10
        {
            line.append(Character(UnicodeScalar(character)))
        }
        return line
    }

    /// Stops the process, and waits until each of its threads has stopped.
    func freeze() async throws {
        signal(SIGSTOP)
        let threads = "/proc/\(process.processIdentifier)/task"
        try await eventually {
            try FileManager.default.contentsOfDirectory(atPath: threads).allSatisfy { thread in
                // "1234 (name) T …"
                try String(contentsOfFile: "\(threads)/\(thread)/stat", encoding: .utf8).contains(") T ")
            }
        }
    }

    func allowToFinish() { try? input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }

    func signal(_ signal: Int32) { _ = Glibc.kill(process.processIdentifier, signal) }

    func kill() { signal(SIGKILL) }
}
