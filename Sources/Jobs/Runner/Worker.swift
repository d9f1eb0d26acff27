import Logging
import Postgres

/// What the parts of a ``JobRunner`` share.
final class Worker: Sendable {
    let queue: JobQueue
    let configuration: JobRunnerConfiguration
    let logger: Logger
    let identity = WorkerIdentity.make()
    let attempts = Attempts()
    let trouble = TroubleReport()

    private let handlers: [String: AnyJobHandler]
    private let wakeUps: [String: WakeUp]
    let heartbeat = WakeUp()
    /// A connection of its own for heartbeats: they must not wait behind those who work.
    let heartbeatPool: PostgresPool

    init(pool: PostgresPool, handlers: [any JobHandler], configuration: JobRunnerConfiguration, logger: Logger) {
        queue = JobQueue(pool: pool)
        self.configuration = configuration
        self.logger = logger
        let erased = handlers.map { Self.erase($0) }
        self.handlers = Dictionary(uniqueKeysWithValues: erased.map { ($0.kind, $0) })
        let served = Set(erased.map(\.queue)).filter { configuration.slots[$0, default: 0] > 0 }
        wakeUps = Dictionary(uniqueKeysWithValues: served.map { ($0, WakeUp()) })
        var heartbeats = pool.configuration
        heartbeats.maxConnections = 1
        heartbeats.statementTimeout = configuration.heartbeat
        heartbeats.connectTimeout = configuration.heartbeat
        heartbeatPool = PostgresPool(heartbeats, logger: logger)
    }

    private static func erase(_ handler: some JobHandler) -> AnyJobHandler { AnyJobHandler(handler) }

    var queues: [String] { wakeUps.keys.sorted() }
    var kinds: [String] { handlers.keys.sorted() }

    func kinds(in queue: String) -> [String] { handlers.values.filter { $0.queue == queue }.map(\.kind).sorted() }

    /// Only jobs of kinds with a handler are ever claimed or reaped.
    func handler(for job: ClaimedJob) -> AnyJobHandler? { handlers[job.kind] }

    func wakeUp(for queue: String) -> WakeUp? { wakeUps[queue] }
    func wake(_ queue: String) { wakeUps[queue]?.signal() }
    func wakeEverything() { for wakeUp in wakeUps.values { wakeUp.signal() } }
    func beatNow() { heartbeat.signal() }

    /// Throws unless the database can be reached and jobs claimed now.
    func checkReadiness() async throws {
        for queue in queues {
            try await self.queue.checkClaims(queue: queue, kinds: kinds(in: queue), in: heartbeatPool)
        }
    }

    /// An outage passes; what will not pass by itself, such as a schema that is not there, needs a person.
    ///
    /// Each is said at once, and then once a minute: several loops meet the same trouble every second or two.
    func logTrouble(_ message: Logger.Message, _ error: any Error) {
        guard !(error is CancellationError) else { return }
        guard trouble.isToBeSaid() else { return logger.debug(message, metadata: ["error": "\(error)"]) }
        let passes = (error as? PostgresError)?.isRetriable ?? false
        logger.log(level: passes ? .warning : .error, message, metadata: ["error": "\(error)"])
    }

    func logFailure(_ job: ClaimedJob, _ failure: JobFailure, _ answer: FailureAnswer) {
        switch answer {
        case .retryable: log("attempt failed, will be retried", job, level: .warning, error: failure)
        case .discarded: log("job discarded", job, level: .error, error: failure)
        case .cancelled, .stale: log("attempt ended", job, error: failure)
        }
    }

    func log(_ message: Logger.Message, _ job: ClaimedJob, level: Logger.Level = .debug, error: (any Error)? = nil) {
        var metadata: Logger.Metadata = [
            "job.id": "\(job.id)", "job.kind": "\(job.kind)", "job.attempt": "\(job.attempt)",
            "job.lease": "\(job.lease)",
        ]
        if let video = job.videoID { metadata["video.id"] = "\(video)" }
        if let failure = error as? JobFailure {
            metadata["error.code"] = "\(failure.code)"
            metadata["error"] = "\(failure.message)"
        } else {
            metadata["error"] = error.map { "\($0)" }
        }
        logger.log(level: level, message, metadata: metadata)
    }
}
