import Foundation
import Jobs
import Postgres
import TestSupport

/// A job that leaves one row in the table `effects`, in the transaction that completes it.
struct Effect: JobArguments {
    static let kind = "effect"
    static let queue = "effects"
    static let deadline: Duration = .seconds(60)
    var name = ""
}

/// A job with three attempts and a short deadline.
struct Hasty: JobArguments {
    static let kind = "hasty"
    static let queue = "effects"
    static let maxAttempts = 3
    static let deadline: Duration = .milliseconds(300)
}

/// A job of another queue.
struct Probing: JobArguments {
    static let kind = "probing"
    static let queue = "probing"
    static let deadline: Duration = .seconds(60)
}

/// A job of the queue in which owners have no cap.
struct Erasing: JobArguments {
    static let kind = "erasing"
    static let queue = "upkeep"
    static let deadline: Duration = .seconds(60)
}

let allKinds = [Effect.kind, Hasty.kind]

/// Runs a test with a queue in a database of its own.
func withQueue(maxConnections: Int = 8, _ body: (JobQueue, PostgresPool) async throws -> Void) async throws {
    try await withTestDatabase(maxConnections: maxConnections) { pool in
        try await pool.execute("CREATE TABLE effects (job_id bigint NOT NULL, lease bigint NOT NULL)")
        try await body(JobQueue(pool: pool), pool)
    }
}

extension JobQueue {
    /// Enqueues a flow of effects: one per name, or per name with what it comes after.
    @discardableResult
    func enqueueEffects(
        _ names: [String],
        after: [String: [String]] = [:],
        ownerID: Int64 = 1,
        dedupKey: String? = nil,
        priority: Int = 2
    ) async throws -> FlowID {
        let jobs = try names.map { name in
            try NewJob(Effect(name: name), node: name, after: after[name] ?? [], priority: priority)
        }
        return try await enqueue(NewFlow(kind: "test", ownerID: ownerID, dedupKey: dedupKey, jobs: jobs), in: pool)
    }

    func claimOne(lease: Duration = .seconds(30), worker: String = "tester") async throws -> ClaimedJob? {
        try await claimEffects(1, lease: lease, worker: worker).first
    }

    func claimEffects(_ limit: Int, lease: Duration = .seconds(30), worker: String = "tester") async throws
        -> [ClaimedJob]
    {
        try await claim(worker: worker, queue: Effect.queue, kinds: allKinds, limit: limit, lease: lease)
    }

    /// Completes a job and leaves its effect, as a handler would.
    @discardableResult
    func completeWithEffect(_ job: ClaimedJob, adding jobs: [NewJob] = []) async throws -> CompletionAnswer {
        try await pool.withTransaction { transaction in
            let answer = try await complete(job.id, lease: job.lease, adding: jobs, in: transaction)
            if answer == .completed {
                try await transaction.execute("INSERT INTO effects (job_id, lease) VALUES (\(job.id), \(job.lease))")
            }
            return answer
        }
    }

    @discardableResult
    func fail(_ job: ClaimedJob, _ code: String = "test", retryIn: Duration?) async throws -> FailureAnswer {
        let failure = JobFailure(code: code, message: "made to fail")
        return try await pool.withTransaction { transaction in
            try await fail(job.id, lease: job.lease, failure: failure, retryIn: retryIn, in: transaction)
        }
    }

    /// Reaps what has expired, and says what became of it.
    @discardableResult
    func reapAll(retryIn: Duration = .zero) async throws -> [FailureAnswer] {
        var answers: [FailureAnswer] = []
        for job in try await expired(kinds: allKinds) {
            let answer = try await pool.withTransaction { try await reap(job, retryIn: retryIn, in: $0) }
            if let answer { answers.append(answer) }
        }
        return answers
    }

    func state(of id: JobID) async throws -> JobState? { try await show(id)?.summary.state }

    func states(_ flow: FlowID) async throws -> [String: JobState] {
        Dictionary(try await list(flow: flow).map { ($0.node, $0.state) }, uniquingKeysWith: { first, _ in first })
    }

    func flowState(_ flow: FlowID) async throws -> String? {
        try await pool.first("SELECT state FROM jobs.flow WHERE id = \(flow)", as: String.self)
    }
}
