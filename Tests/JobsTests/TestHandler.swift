import Foundation
import Jobs
import Logging
import Postgres
import Synchronization
import TestSupport

/// A handler that does what a test tells it, and notes what it was asked to do.
final class TestHandler<Arguments: JobArguments>: JobHandler {
    typealias Body = @Sendable (Job<Arguments>) async throws -> JobOutcome

    private let body: Body
    private let events = Mutex<[String]>([])

    init(_ body: @escaping Body) { self.body = body }

    var log: [String] { events.withLock { $0 } }

    func note(_ event: String) { events.withLock { $0.append(event) } }

    func run(_ job: Job<Arguments>) async throws -> JobOutcome {
        note("run \(job.attempt)")
        do {
            return try await body(job)
        } catch {
            if error is CancellationError { note("cancelled \(job.attempt)") }
            throw error
        }
    }

    func discarded(_ arguments: Arguments, failure: JobFailure, in transaction: PostgresConnection) async throws {
        note("discarded \(failure.code)")
        try await transaction.execute("INSERT INTO effects (job_id, lease) VALUES (-1, -1)")
    }

    func cleanUp(after job: Job<Arguments>) async { note("clean up \(job.attempt)") }
}

extension JobOutcome {
    /// Done, with the effect that the invariants ask for.
    static func effect<A>(of job: Job<A>, adding jobs: [NewJob] = []) -> JobOutcome {
        .completed(adding: jobs) { transaction in
            try await transaction.execute("INSERT INTO effects (job_id, lease) VALUES (\(job.id), \(job.lease))")
        }
    }
}

extension JobRunnerConfiguration {
    /// Where nothing but a notification, or a test's own statement, makes anything happen soon.
    static var slow: JobRunnerConfiguration {
        var configuration = JobRunnerConfiguration(slots: [Effect.queue: 1])
        configuration.poll = .seconds(3600)
        configuration.tick = .seconds(3600)
        configuration.lease = .seconds(60)
        configuration.softStop = .milliseconds(50)
        configuration.retryPolicy = RetryPolicy(firstDelay: .zero)
        return configuration
    }

    /// Where everything happens soon, and a lease is not lost on a busy machine.
    static var quick: JobRunnerConfiguration {
        var configuration = slow
        configuration.poll = .milliseconds(50)
        configuration.tick = .milliseconds(50)
        return configuration
    }

    /// Where a lease is lost after eight seconds, and renewed every three: soon, and yet not while a busy machine pauses.
    static var brief: JobRunnerConfiguration {
        var configuration = quick
        configuration.lease = .seconds(9)
        return configuration
    }
}

/// Runs a worker for as long as the closure runs, and lets it stop gracefully.
func withRunner(
    _ pool: PostgresPool,
    _ handlers: [any JobHandler],
    _ configuration: JobRunnerConfiguration = .slow,
    listener: PostgresConfiguration? = nil,
    logger: Logger = .quiet,
    _ body: () async throws -> Void
) async throws {
    let runner = JobRunner(
        pool: pool,
        listener: listener,
        handlers: handlers,
        configuration: configuration,
        logger: logger
    )
    let running = Task { try await runner.run() }
    do {
        try await body()
        running.cancel()
        try await running.value
    } catch {
        running.cancel()
        try await running.value
        throw error
    }
}
