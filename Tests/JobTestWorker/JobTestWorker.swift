import Foundation
import Jobs
import Logging
import Postgres

/// A worker for tests to freeze and to kill.
///
///     job-test-worker raw CONNINFO LEASE_MILLISECONDS
///     job-test-worker runner CONNINFO LEASE_MILLISECONDS
///     job-test-worker transaction CONNINFO 0
///
/// The last one says `claimed` inside a transaction that has locked the clock of publishing, and waits there. The others run one job of the kind `effect` and say `claimed` on standard output. A line on
/// standard input lets them finish, with a row in the table `effects` in the finishing
/// transaction; then they say what became of it. `raw` uses the statements of the queue as
/// they are, without what a runner does beyond them: the fence is its only defence.
@main
struct JobTestWorker {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let milliseconds = Int(arguments[3]) else {
            return say("usage: job-test-worker raw|runner CONNINFO LEASE_MILLISECONDS")
        }
        let pool = PostgresPool(PostgresConfiguration(conninfo: arguments[2]), logger: Logger(label: "job-test-worker"))
        switch arguments[1] {
        case "transaction": try await holdClock(pool)
        case "raw": try await runRaw(pool, lease: .milliseconds(milliseconds))
        default: try await runRunner(pool, lease: .milliseconds(milliseconds))
        }
        await pool.close()
    }

    private static func holdClock(_ pool: PostgresPool) async throws {
        try await pool.withTransaction { transaction in
            try await transaction.execute("UPDATE video_clock SET published_ms = published_ms + 1")
            say("claimed")
            _ = readLine()
        }
    }

    private static func runRaw(_ pool: PostgresPool, lease: Duration) async throws {
        let queue = JobQueue(pool: pool)
        let jobs = try await queue.claim(worker: "frozen", queue: "effects", kinds: ["effect"], limit: 1, lease: lease)
        guard let job = jobs.first else { return say("nothing") }
        say("claimed")
        _ = readLine()
        let answer = try await pool.withTransaction { transaction in
            let answer = try await queue.complete(job.id, lease: job.lease, adding: [], in: transaction)
            if answer == .completed { try await Effect.record(job.id, lease: job.lease, in: transaction) }
            return answer
        }
        say(answer.rawValue)
    }

    private static func runRunner(_ pool: PostgresPool, lease: Duration) async throws {
        var configuration = JobRunnerConfiguration(slots: ["effects": 1])
        configuration.lease = lease
        configuration.tick = .seconds(3600)
        let (ended, ending) = AsyncStream.makeStream(of: String.self)
        let handler = EffectHandler { ending.yield($0) }
        let runner = JobRunner(pool: pool, handlers: [handler], configuration: configuration, logger: pool.quietLogger)
        let running = Task { try await runner.run() }
        for await word in ended {
            say(word)
            break
        }
        running.cancel()
        try await running.value
    }

    fileprivate static func say(_ word: String) {
        // print() keeps its text until the pipe's buffer is full.
        try? FileHandle.standardOutput.write(contentsOf: Data("\(word)\n".utf8))
    }
}

private struct Effect: JobArguments {
    static let kind = "effect"
    static let queue = "effects"
    static let deadline: Duration = .seconds(60)

    static func record(_ id: JobID, lease: Int64, in transaction: PostgresConnection) async throws {
        try await transaction.execute("INSERT INTO effects (job_id, lease) VALUES (\(id), \(lease))")
    }
}

private struct EffectHandler: JobHandler {
    let ended: @Sendable (String) -> Void

    func run(_ job: Job<Effect>) async throws -> JobOutcome {
        JobTestWorker.say("claimed")
        // On a thread of its own, as a frozen terminal or pipe blocks it.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = readLine()
                continuation.resume()
            }
        }
        return .completed { transaction in
            try await Effect.record(job.id, lease: job.lease, in: transaction)
            ended("completed")
        }
    }

    func cleanUp(after job: Job<Effect>) async { ended("stale") }
}

extension PostgresPool {
    fileprivate var quietLogger: Logger { Logger(label: "job-test-worker", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
