import Logging
import Postgres

/// What every worker does for all: promote, reap, prune.
extension Worker {
    /// Old flows are removed once in so many ticks.
    private static let ticksPerPrune = 30

    func maintainForever() async {
        var tick = Int.random(in: 0..<Self.ticksPerPrune)
        while !Task.isCancelled {
            do {
                try await queue.promote()
                try await reap()
                tick += 1
                if tick % Self.ticksPerPrune == 0, let age = configuration.retention {
                    try await queue.prune(olderThan: age)
                }
                trouble.end()
            } catch {
                logTrouble("cannot look after the queue", error)
            }
            // Cancellation ends the loop.
            try? await Task.sleep(for: configuration.tick.jittered)
        }
    }

    /// Takes jobs away from workers that are gone.
    private func reap() async throws {
        guard try await queue.mayReap(gap: configuration.outageGap, grace: configuration.outageGrace) else { return }
        for job in try await queue.expired(kinds: kinds) {
            do {
                try await reap(job)
            } catch let error as PostgresError where error.isRetriable {
                throw error
            } catch {
                // One that cannot be reaped must not keep the others from it.
                log("an expired lease could not be ended", job, level: .error, error: error)
            }
        }
    }

    private func reap(_ job: ClaimedJob) async throws {
        guard let handler = handler(for: job) else { return }
        let delay = configuration.retryPolicy.delay(afterAttempt: job.attempt)
        let end = try await queue.pool.withTransaction { transaction -> (JobFailure, FailureAnswer)? in
            guard
                let answer = try await queue.reap(
                    job,
                    retryIn: delay,
                    isOptional: handler.isOptional,
                    in: transaction
                )
            else { return nil }
            let failure = try await queue.lastFailure(of: job.id, in: transaction)
            if answer == .discarded {
                try await handler.discarded(ClaimedJob.Discarded(job: job, failure: failure), transaction)
            }
            return (failure, answer)
        }
        // After COMMIT: only then it has happened, and no lock waits for a slow log.
        if let (failure, answer) = end { logFailure(job, failure, answer) }
    }
}
