/// How a worker runs jobs.
public struct JobRunnerConfiguration: Sendable {
    /// How many jobs of each queue run at a time; queues that are not named are not served.
    public var slots: [String: Int]
    /// How long a worker that says nothing keeps its jobs; it is renewed every third of this.
    public var lease: Duration = .seconds(15)
    /// How often expired leases and due jobs are looked for.
    public var tick: Duration = .seconds(2)
    /// How often a queue is looked at when no notification comes.
    ///
    /// With jitter and the claim itself it must be less than two seconds until a job is picked up.
    public var poll: Duration = .milliseconds(1500)
    /// How long a handler goes on without a database, beyond the lease.
    ///
    /// Nobody can take a job over while the database is away from everyone. If it is away from this worker alone, another one
    /// may do the same work beside it for so long; what this one finishes then is refused.
    public var outage: Duration = .seconds(120)
    /// How long running jobs may go on once the worker is to stop.
    public var softStop: Duration = .seconds(10)
    /// How long they may take to end after they have been cancelled; their leases run out otherwise.
    public var hardStop: Duration = .seconds(10)
    /// How long ended flows are kept, or nil for ever.
    public var retention: Duration? = .seconds(7 * 86_400)
    public var retryPolicy = RetryPolicy()
    /// Asked before jobs of a queue are claimed; false leaves them to other workers until the next poll.
    public var mayClaim: @Sendable (_ queue: String) async -> Bool = { _ in true }

    public init(slots: [String: Int]) { self.slots = slots }

    var heartbeat: Duration { lease / 3 }

    /// How long after its last renewal a worker itself considers a lease lost.
    var ownLeaseLimit: Duration { lease + outage }

    /// How long nobody looks for expired leases when the database was away: less than a lease is sure to last once it
    /// could not be renewed, and more than the jitter of the tick.
    var outageGap: Duration { max(lease / 3, tick * 3) }

    /// What holders of expired leases have to renew them after an outage: a connection that times out, and another.
    var outageGrace: Duration { lease / 2 }
}
