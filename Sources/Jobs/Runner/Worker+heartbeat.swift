import Logging
import Postgres

/// Keeping leases: one statement for all jobs of the worker.
extension Worker {
    func keepLeases() async {
        var pause = configuration.heartbeat
        while !Task.isCancelled {
            await heartbeat.wait(for: pause)
            let running = attempts.all.filter { !$0.isEnding }
            let isRenewed = running.isEmpty ? true : await renew(running)
            // After an outage the leases wait for their holders, but not for long.
            pause = isRenewed ? configuration.heartbeat : configuration.heartbeat / 5
        }
        await heartbeatPool.close()
    }

    /// Returns whether the database answered.
    private func renew(_ running: [Attempt]) async -> Bool {
        let sentAt = ContinuousClock.now
        let leases = running.map { attempt in
            (id: attempt.job.id, lease: attempt.job.lease, progress: attempt.progress.current)
        }
        do {
            let answers = try await JobQueue(pool: heartbeatPool).heartbeat(leases, for: configuration.lease)
            for attempt in running { take(answers[attempt.job.id] ?? .lost, for: attempt, sentAt: sentAt) }
            return true
        } catch {
            // The next one may succeed; if none does in time, each attempt's own watch stops it.
            logTrouble("cannot renew leases", error)
            return false
        }
    }

    private func take(_ answer: HeartbeatAnswer, for attempt: Attempt, sentAt: ContinuousClock.Instant) {
        switch answer {
        case .renewed: attempt.wasRenewed(at: sentAt)
        case .cancel:
            attempt.wasRenewed(at: sentAt)
            attempt.stop(.cancelled)
        case .lost:
            // One that is ending has given its lease up itself.
            if !attempt.isEnding { attempt.stop(.leaseLost) }
        case .busy: break
        }
    }
}
