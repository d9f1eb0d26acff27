import Synchronization

/// A job while it runs in this process.
final class Attempt: Sendable {
    /// Why a handler is told to stop before it is done.
    enum StopReason: Sendable {
        case cancelled
        case leaseLost
        case deadline
        case workerStops
    }

    private struct State {
        var handler: Task<JobOutcome, any Error>?
        var stopReason: StopReason?
        /// When the newest renewal that arrived was sent.
        var renewedAt: ContinuousClock.Instant
        /// The end is being recorded: the lease is no longer renewed.
        var isEnding = false
    }

    let job: ClaimedJob
    let progress = JobProgress()
    /// When the handler is to be stopped however alive the worker is.
    let deadline: ContinuousClock.Instant
    private let state: Mutex<State>

    /// `claimedAt` is a time before the claim was sent: the database counts from a later one.
    init(_ job: ClaimedJob, claimedAt: ContinuousClock.Instant) {
        self.job = job
        deadline = claimedAt + job.deadline
        state = Mutex(State(renewedAt: claimedAt))
    }

    var stopReason: StopReason? { state.withLock { $0.stopReason } }
    var renewedAt: ContinuousClock.Instant { state.withLock { $0.renewedAt } }
    var isEnding: Bool { state.withLock { $0.isEnding } }

    /// Runs the handler in a task of its own and returns how it ended.
    func run(_ handler: AnyJobHandler) async -> Result<JobOutcome, any Error> {
        let task = Task { try await handler.run(job, progress) }
        let isStopped = state.withLock { state in
            state.handler = task
            return state.stopReason != nil
        }
        if isStopped { task.cancel() }
        return await task.result
    }

    /// Cancels the handler; the first reason counts.
    func stop(_ reason: StopReason) {
        let task = state.withLock { state in
            if state.stopReason == nil { state.stopReason = reason }
            return state.handler
        }
        task?.cancel()
    }

    func wasRenewed(at instant: ContinuousClock.Instant) {
        state.withLock { $0.renewedAt = max($0.renewedAt, instant) }
    }

    func beginEnding() { state.withLock { $0.isEnding = true } }
}
