import Synchronization

/// One attempt at a job, as its handler sees it.
public struct Job<Arguments: JobArguments>: Sendable {
    public let id: JobID
    public let flowID: FlowID
    public let ownerID: Int64
    public let arguments: Arguments
    /// Counted from 1.
    public let attempt: Int
    public let maxAttempts: Int
    /// The fencing token: unique to this attempt, and greater than that of every attempt before.
    public let lease: Int64
    private let progress: JobProgress

    /// A job that no queue knows of, to try a handler with.
    public init(
        id: JobID,
        flowID: FlowID,
        ownerID: Int64,
        arguments: Arguments,
        attempt: Int = 1,
        maxAttempts: Int = Arguments.maxAttempts,
        lease: Int64
    ) {
        self.id = id
        self.flowID = flowID
        self.ownerID = ownerID
        self.arguments = arguments
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.lease = lease
        progress = JobProgress()
    }

    init(_ claimed: ClaimedJob, arguments: Arguments, progress: JobProgress) {
        id = claimed.id
        flowID = claimed.flowID
        ownerID = claimed.ownerID
        self.arguments = arguments
        attempt = claimed.attempt
        maxAttempts = claimed.maxAttempts
        lease = claimed.lease
        self.progress = progress
    }

    /// Notes how far the job is, from 0 to 1.
    ///
    /// This costs nothing: the next heartbeat carries it to the database.
    public func report(progress fraction: Double) { progress.set(min(max(fraction, 0), 1)) }
}

/// Where a handler leaves its progress for the heartbeat.
final class JobProgress: Sendable {
    private let fraction = Mutex(0.0)

    var current: Double { fraction.withLock { $0 } }
    func set(_ value: Double) { fraction.withLock { $0 = value } }
}
