package import Postgres

/// What became of an attempt that was reported as done.
package enum CompletionAnswer: String, Sendable, PostgresCodable {
    case completed
    /// An earlier report, whose COMMIT got no answer, had completed it.
    case repeated
    /// The flow has ended; the job is cancelled, and nothing was published.
    case cancelled
    /// The lease was lost.
    case stale
    /// The job exists no longer.
    case gone
}

/// What became of a failed attempt.
package enum FailureAnswer: String, Sendable, PostgresCodable {
    case retryable
    case discarded
    case cancelled
    case stale
}

/// What became of a lease at a heartbeat.
package enum HeartbeatAnswer: String, Sendable, PostgresCodable {
    case renewed
    /// Renewed, but the job is to be stopped.
    case cancel
    case lost
    /// Somebody else has it locked at this moment: neither renewed nor lost.
    case busy
}

/// For workers: one function per statement.
extension JobQueue {
    package func claim(worker: String, queue: String, kinds: [String], limit: Int, lease: Duration) async throws
        -> [ClaimedJob]
    {
        try await pool.query(
            """
            SELECT id, flow_id, owner_id, kind, node, arguments::text AS arguments, attempt, max_attempts, lease,
                deadline
            FROM jobs.claim(\(worker), \(queue), \(kinds), \(limit)::int, \(lease))
            """
        ).map(ClaimedJob.init)
    }

    /// Renews all leases of a worker in one round trip.
    package func heartbeat(
        _ leases: [(id: JobID, lease: Int64, progress: Double)],
        for duration: Duration
    ) async throws -> [JobID: HeartbeatAnswer] {
        let answers = try await pool.query(
            """
            SELECT job_id, answer FROM jobs.heartbeat(
                \(leases.map(\.id)), \(leases.map(\.lease)), \(leases.map { Float($0.progress) }), \(duration)
            )
            """,
            as: (JobID, HeartbeatAnswer).self
        )
        return Dictionary(answers, uniquingKeysWith: { first, _ in first })
    }

    /// Completes a job in the caller's transaction; only after `completed` may that publish anything.
    package func complete(
        _ id: JobID,
        lease: Int64,
        adding jobs: [NewJob],
        in transaction: PostgresConnection
    ) async throws -> CompletionAnswer {
        try await transaction.first(
            "SELECT jobs.complete(\(id), \(lease), \(try jobs.json))",
            as: CompletionAnswer.self
        )
        .orMissing("jobs.complete")
    }

    /// Ends a failed attempt in the caller's transaction; without `retryIn` for good.
    ///
    /// The flow of an `isOptional` job goes on when it is discarded.
    package func fail(
        _ id: JobID,
        lease: Int64,
        failure: JobFailure,
        retryIn: Duration?,
        isOptional: Bool = false,
        in transaction: PostgresConnection
    ) async throws -> FailureAnswer {
        // PostgreSQL stores no NUL, in a message least of all.
        let message = failure.message.replacing("\0", with: "")
        return try await transaction.first(
            "SELECT jobs.fail(\(id), \(lease), \(failure.code), \(message), \(retryIn), \(isOptional))",
            as: FailureAnswer.self
        ).orMissing("jobs.fail")
    }

    /// Gives a job back, the attempt not counted; false if the lease was lost.
    @discardableResult
    package func release(_ id: JobID, lease: Int64, delay: Duration = .zero) async throws -> Bool {
        try await pool.first("SELECT jobs.release(\(id), \(lease), \(delay))", as: Bool.self) ?? false
    }

    /// Makes available what is due.
    @discardableResult
    package func promote(limit: Int = 1000) async throws -> Int {
        try await pool.first("SELECT jobs.promote(\(limit)::int)", as: Int.self) ?? 0
    }

    /// False while the holders of expired leases may still renew them: if nobody has asked for longer than `gap`, the
    /// database was away, and they have `grace`.
    package func mayReap(gap: Duration, grace: Duration) async throws -> Bool {
        try await pool.first("SELECT jobs.may_reap(\(gap), \(grace))", as: Bool.self) ?? false
    }

    /// Throws unless jobs of a queue could be claimed now; claims none.
    package func checkClaims(queue: String, kinds: [String], in session: any PostgresSession) async throws {
        let isWritable = try await session.first(
            """
            SELECT current_setting('transaction_read_only') = 'off'
            FROM (SELECT count(*) FROM jobs.claim('readiness', \(queue), \(kinds), 0, interval '0')) AS none
            """,
            as: Bool.self
        )
        guard isWritable == true else {
            throw PostgresError(.connection, message: "the database is read-only: a standby, perhaps")
        }
    }

    /// Jobs whose worker is gone or too slow.
    package func expired(kinds: [String], limit: Int = 100) async throws -> [ClaimedJob] {
        try await pool.query(
            """
            SELECT j.id, j.flow_id, j.owner_id, j.kind, j.node, j.arguments::text AS arguments, j.attempt,
                j.max_attempts, l.lease, j.deadline
            FROM jobs.lease AS l JOIN jobs.job AS j ON j.id = l.job_id
            WHERE least(l.expires_at, l.deadline_at) < clock_timestamp() AND j.kind = ANY (\(kinds))
            ORDER BY l.job_id LIMIT \(limit)
            """
        ).map(ClaimedJob.init)
    }

    /// Ends such an attempt in the caller's transaction; nil if it is no longer one.
    package func reap(
        _ job: ClaimedJob,
        retryIn: Duration,
        isOptional: Bool = false,
        in transaction: PostgresConnection
    ) async throws -> FailureAnswer? {
        let answer = try await transaction.first(
            "SELECT jobs.reap(\(job.id), \(job.lease), \(retryIn), \(isOptional))",
            as: FailureAnswer?.self
        )
        return answer ?? nil
    }

    /// The newest error of a job.
    package func lastFailure(of id: JobID, in transaction: PostgresConnection) async throws -> JobFailure {
        let (code, message) = try await transaction.first(
            "SELECT errors->-1->>'code', errors->-1->>'message' FROM jobs.job WHERE id = \(id)",
            as: (String, String).self
        ).orMissing("jobs.job")
        return JobFailure(code: code, message: message)
    }
}
