public import Postgres

/// Where a job stands.
///
/// The names are those of River and Oban, and of `jobs.job_state` in the database.
public enum JobState: String, Sendable, CaseIterable, Codable, PostgresCodable {
    /// Waiting for other jobs of its flow.
    case blocked
    /// Ready to be claimed by a worker.
    case available
    /// Waiting for its time.
    case scheduled
    /// Claimed: a worker holds a lease on it.
    case running
    /// Failed, and waiting for its next attempt.
    case retryable
    /// Done.
    case completed
    /// Stopped on purpose.
    case cancelled
    /// Failed for the last time.
    case discarded
}
