import Synchronization

/// The jobs that run in this process.
final class Attempts: Sendable {
    private let running = Mutex<[JobID: (attempt: Attempt, queue: String)]>([:])
    /// Signalled whenever there is one less.
    private let drained = WakeUp()

    func add(_ attempt: Attempt, queue: String) { running.withLock { $0[attempt.job.id] = (attempt, queue) } }

    func remove(_ attempt: Attempt) {
        running.withLock { running in
            // A job whose lease was lost may have been claimed again by this same process.
            if running[attempt.job.id]?.attempt === attempt { running[attempt.job.id] = nil }
        }
        drained.signal()
    }

    func count(in queue: String) -> Int { running.withLock { $0.values.count { $0.queue == queue } } }

    var all: [Attempt] { running.withLock { $0.values.map(\.attempt) } }

    /// Waits until nothing runs, but not longer than `timeout`.
    func drain(within timeout: Duration) async {
        let end = ContinuousClock.now + timeout
        while !running.withLock({ $0.isEmpty }), ContinuousClock.now < end {
            await drained.wait(for: end - ContinuousClock.now)
        }
    }
}
