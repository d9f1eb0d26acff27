public import Foundation
import Postgres

/// A job, in a line.
public struct JobSummary: Sendable {
    public let id: JobID
    public let flowID: FlowID
    public let ownerID: Int64
    public let kind: String
    public let node: String
    public let queue: String
    public let state: JobState
    public let attempt: Int
    public let maxAttempts: Int
    /// From 0 to 1, while it runs.
    public let progress: Double?
    public let createdAt: Date
    public let scheduledAt: Date
    public let attemptedAt: Date?
    public let finishedAt: Date?
    /// The newest error.
    public let failure: JobFailure?
}

/// All that is known about a job.
public struct JobDetail: Sendable {
    /// A failed attempt.
    public struct AttemptError: Codable, Sendable {
        public let at: String
        public let attempt: Int
        public let worker: String?
        public let code: String
        public let message: String
    }

    public let summary: JobSummary
    /// JSON.
    public let arguments: String
    public let priority: Int
    /// The oldest first.
    public let errors: [AttemptError]
    /// The worker of the newest attempt.
    public let worker: String?
    public let leaseExpiresAt: Date?
    public let isCancelRequested: Bool
    /// The nodes that it comes after.
    public let after: [String]
}

/// How many jobs of a queue are in a state.
public struct JobCount: Sendable {
    public let queue: String
    public let state: JobState
    public let count: Int
    /// How long the oldest of them has been due; how far the workers are behind, if it is available.
    public let oldest: Duration
}

/// For operators.
extension JobQueue {
    private static let summaryColumns: SQL = """
        j.id, j.flow_id, j.owner_id, j.kind, j.node, j.queue, j.state, j.attempt, j.max_attempts, j.created_at,
        j.scheduled_at, j.attempted_at, j.finished_at, l.progress, j.errors->-1->>'code' AS code,
        j.errors->-1->>'message' AS message
        """

    /// The newest jobs, of one state or of all.
    public func list(state: JobState? = nil, limit: Int = 50) async throws -> [JobSummary] {
        let condition: SQL = state.map { "WHERE j.state = \($0)" } ?? ""
        return try await pool.query(
            """
            SELECT \(Self.summaryColumns) FROM jobs.job AS j LEFT JOIN jobs.lease AS l ON l.job_id = j.id
            \(condition) ORDER BY j.id DESC LIMIT \(limit)
            """
        ).map(JobSummary.init)
    }

    /// The jobs of a flow, in the order in which they were added.
    public func list(flow: FlowID) async throws -> [JobSummary] {
        try await pool.query(
            """
            SELECT \(Self.summaryColumns) FROM jobs.job AS j LEFT JOIN jobs.lease AS l ON l.job_id = j.id
            WHERE j.flow_id = \(flow) ORDER BY j.id
            """
        ).map(JobSummary.init)
    }

    public func show(_ id: JobID) async throws -> JobDetail? {
        try await pool.query(
            """
            SELECT \(Self.summaryColumns), j.arguments::text AS arguments, j.priority, j.errors, j.attempted_by,
                l.expires_at, coalesce(l.cancel_requested, false) AS cancel_requested,
                ARRAY(
                    SELECT p.node FROM jobs.job_dependency AS d JOIN jobs.job AS p ON p.id = d.parent_id
                    WHERE d.child_id = j.id ORDER BY p.id
                ) AS after
            FROM jobs.job AS j LEFT JOIN jobs.lease AS l ON l.job_id = j.id WHERE j.id = \(id)
            """
        ).first.map(JobDetail.init)
    }

    public func counts() async throws -> [JobCount] {
        try await pool.query(
            """
            SELECT queue, state, count(*), greatest(clock_timestamp() - min(scheduled_at), interval '0')
            FROM jobs.job GROUP BY queue, state ORDER BY queue, state
            """,
            as: (String, JobState, Int, Duration).self
        ).map { JobCount(queue: $0, state: $1, count: $2, oldest: $3) }
    }
}

extension JobSummary {
    fileprivate init(_ row: Row) throws {
        (id, flowID, ownerID) = try row.decode((JobID, FlowID, Int64).self)
        kind = try row.get("kind")
        node = try row.get("node")
        queue = try row.get("queue")
        state = try row.get("state")
        attempt = try row.get("attempt")
        maxAttempts = try row.get("max_attempts")
        progress = try row.get("progress")
        createdAt = try row.get("created_at")
        scheduledAt = try row.get("scheduled_at")
        attemptedAt = try row.get("attempted_at")
        finishedAt = try row.get("finished_at")
        let code: String? = try row.get("code")
        failure = try code.map { JobFailure(code: $0, message: try row.get("message")) }
    }
}

extension JobDetail {
    fileprivate init(_ row: Row) throws {
        summary = try JobSummary(row)
        arguments = try row.get("arguments")
        priority = try row.get("priority")
        errors = try row.get("errors", as: PostgresJSON<[AttemptError]>.self).value
        worker = try row.get("attempted_by")
        leaseExpiresAt = try row.get("expires_at")
        isCancelRequested = try row.get("cancel_requested")
        after = try row.get("after")
    }
}
