public import Logging
public import Postgres

/// A worker: claims jobs, runs their handlers, and keeps their leases.
///
/// Workers need no leader. Each looks for expired leases and due jobs by itself, and the
/// database keeps them out of each other's way. An outage of the database does not end a
/// worker: what it runs goes on for as long as the lease allows, and it reconnects.
public final class JobRunner: Sendable {
    private let worker: Worker
    private let listener: PostgresListener

    /// - Parameters:
    ///   - pool: for claims, finishing transactions and what handlers do in them.
    ///   - listener: how to connect for LISTEN, which needs a direct connection; as the pool if nil.
    ///   - handlers: at most one per kind.
    ///   - configuration: slots, times and retention.
    ///   - logger: the runner logs at `debug`, and what a person should look at as `error`.
    public init(
        pool: PostgresPool,
        listener: PostgresConfiguration? = nil,
        handlers: [any JobHandler],
        configuration: JobRunnerConfiguration,
        logger: Logger
    ) {
        worker = Worker(pool: pool, handlers: handlers, configuration: configuration, logger: logger)
        let channels = ["jobs_available", "jobs_cancel"]
        self.listener = PostgresListener(listener ?? pool.configuration, channels: channels, logger: logger)
    }

    /// Throws unless the worker can reach the database and claim jobs now.
    public func checkReadiness() async throws { try await worker.checkReadiness() }

    /// Works until the surrounding task is cancelled, and then stops gracefully.
    ///
    /// It claims nothing more, lets what runs go on for `softStop`, cancels what still runs then,
    /// and gives those jobs back without counting the attempt.
    public func run() async throws {
        let stop = WakeUp()
        await withTaskCancellationHandler {
            // A task of its own, as stopping takes statements that a cancelled task could not run.
            await Task { await workUntil(stop) }.value
        } onCancel: {
            stop.signal()
        }
    }

    private func workUntil(_ stop: WakeUp) async {
        let heartbeats = Task { await worker.keepLeases() }
        await withTaskGroup { group in
            for queue in worker.queues { group.addTask { await self.worker.claimForever(queue) } }
            group.addTask { await self.worker.maintainForever() }
            group.addTask { await self.listen() }
            await stop.wait()
            group.cancelAll()
        }
        await worker.stopRunningJobs()
        heartbeats.cancel()
        await heartbeats.value
    }

    private func listen() async {
        for await event in listener.notifications() {
            switch event {
            case .connected: worker.wakeEverything()
            case .notification("jobs_available", let queue): worker.wake(queue)
            case .notification: worker.beatNow()
            case .disconnected: break
            }
        }
    }
}
