public import Postgres

/// Why an attempt failed.
public struct JobFailure: Error, Codable, Sendable, Equatable {
    /// To switch on.
    public var code: String
    /// A sentence for people.
    public var message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

/// What a handler answers.
public enum JobOutcome: Sendable {
    /// Done.
    ///
    /// `publish` runs in the transaction that completes the job, and the jobs of `adding` join
    /// the flow in it. If the lease has been lost, or the flow was cancelled, nothing of it
    /// happens. It may run more than once, when a connection breaks: each time in a new
    /// transaction, of which one is committed.
    case completed(adding: [NewJob] = [], publish: (@Sendable (PostgresConnection) async throws -> Void)? = nil)
    /// Failed, in a way in which another attempt may help.
    case retry(JobFailure)
    /// Failed for good.
    case discard(JobFailure)
    /// To be run again later; the attempt is not counted.
    case snooze(Duration)
}
