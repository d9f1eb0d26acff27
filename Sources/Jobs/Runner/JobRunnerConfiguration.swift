/// How a worker runs jobs.
public struct JobRunnerConfiguration: Sendable {
    /// How many jobs of each queue run at a time; queues that are not named are not served.
    public var slots: [String: Int]
    /// How long a worker that says nothing keeps its jobs; it is renewed every third of this.
    public var lease: Duration = .seconds(15)
    /// How often expired leases and due jobs are looked for.
    public var tick: Duration = .seconds(2)
    /// How often a queue is looked at when no notification comes.
    public var poll: Duration = .seconds(2)
    /// How long running jobs may go on once the worker is to stop.
    public var softStop: Duration = .seconds(10)
    /// How long they may take to end after they have been cancelled; their leases run out otherwise.
    public var hardStop: Duration = .seconds(10)
    /// How long ended flows are kept, or nil for ever.
    public var retention: Duration? = .seconds(7 * 86_400)
    public var retryPolicy = RetryPolicy()

    public init(slots: [String: Int]) { self.slots = slots }

    var heartbeat: Duration { lease / 3 }

    /// How long after its last renewal a worker itself considers a lease lost.
    ///
    /// It is earlier than the database does, by what stopping a handler may take.
    var ownLeaseLimit: Duration { lease * 0.8 }
}
