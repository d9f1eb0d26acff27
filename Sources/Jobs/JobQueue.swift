public import Postgres

/// The queue, as everybody but workers uses it.
public struct JobQueue: Sendable {
    package let pool: PostgresPool

    public init(pool: PostgresPool) { self.pool = pool }

    /// Enqueues a flow in the caller's transaction.
    ///
    /// - Returns: its id, or that of the running flow with the same key.
    @discardableResult
    public func enqueue(_ flow: NewFlow, in session: any PostgresSession) async throws -> FlowID {
        let id = try await session.first(
            "SELECT jobs.enqueue(\(flow.kind), \(flow.ownerID), \(flow.dedupKey), \(try flow.jobs.json))",
            as: FlowID.self
        )
        return try id.orMissing("jobs.enqueue")
    }

    /// Cancels what waits and tells what runs.
    ///
    /// - Returns: false if the flow has ended, or there is none.
    @discardableResult
    public func cancel(flow: FlowID, in session: (any PostgresSession)? = nil) async throws -> Bool {
        try await (session ?? pool).first("SELECT jobs.cancel(\(flow))", as: Bool.self) ?? false
    }

    /// Gives a discarded or cancelled job, and what was cancelled with it, another chance.
    ///
    /// - Returns: false if it is neither, if some of its flow still runs, or if a flow with the same
    ///   key has begun since.
    @discardableResult
    public func retry(job: JobID, in session: (any PostgresSession)? = nil) async throws -> Bool {
        do {
            return try await (session ?? pool).first("SELECT jobs.retry(\(job))", as: Bool.self) ?? false
        } catch let error as PostgresError where error.isA(.uniqueViolation) {
            return false
        }
    }

    /// Lets no further job of a queue start.
    public func pause(queue: String) async throws {
        try await pool.execute(
            """
            INSERT INTO jobs.queue (name, paused_at) VALUES (\(queue), clock_timestamp())
            ON CONFLICT (name) DO UPDATE SET paused_at = coalesce(queue.paused_at, excluded.paused_at)
            """
        )
    }

    public func resume(queue: String) async throws {
        try await pool.execute("UPDATE jobs.queue SET paused_at = NULL WHERE name = \(queue)")
        try await pool.execute("SELECT pg_notify('jobs_available', \(queue))")
    }

    /// Lets at most so many jobs of a queue run at a time, on all workers together.
    public func setLimit(_ limit: Int?, queue: String) async throws {
        try await pool.execute(
            """
            INSERT INTO jobs.queue (name, max_running) VALUES (\(queue), \(limit))
            ON CONFLICT (name) DO UPDATE SET max_running = excluded.max_running
            """
        )
    }

    /// Lets at most so many jobs of an owner run at a time.
    public func setLimit(_ limit: Int, ownerID: Int64) async throws {
        try await pool.execute(
            """
            INSERT INTO jobs.owner (owner_id, max_running) VALUES (\(ownerID), \(limit))
            ON CONFLICT (owner_id) DO UPDATE SET max_running = excluded.max_running
            """
        )
    }

    /// Removes flows that ended longer ago than `age`, at most `limit` of them, and says how many.
    @discardableResult
    public func prune(olderThan age: Duration, limit: Int = 1000) async throws -> Int {
        try await pool.first("SELECT jobs.prune(\(age), \(limit)::int)", as: Int.self) ?? 0
    }
}

extension Optional {
    /// For a function of the database that always answers.
    func orMissing(_ function: String) throws -> Wrapped {
        guard let self else { throw PostgresError(.decoding, message: "\(function) did not answer") }
        return self
    }
}
