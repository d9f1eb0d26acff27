import Logging
import Postgres

/// How an attempt ends.
extension Worker {
    func end(_ attempt: Attempt, with result: Result<JobOutcome, any Error>, _ handler: AnyJobHandler) async {
        attempt.beginEnding()
        switch await record(attempt, verdict(on: attempt, result), handler) {
        case .published: log("completed a job", attempt.job)
        case .notPublished: await handler.cleanUp(attempt.job)
        case .unknown:
            // Removing what may be published is worse than leaving what is not.
            log("it is not known whether a job was completed; what it wrote is kept", attempt.job, level: .error)
        }
    }

    /// What is to be recorded.
    private enum Verdict {
        case complete(adding: [NewJob], publish: (@Sendable (PostgresConnection) async throws -> Void)?)
        case fail(JobFailure, isFinal: Bool)
        case giveBack(after: Duration)
        /// There is no lease to record anything under.
        case nothing
    }

    /// Whether what an attempt made is visible to the world.
    private enum Publication {
        case published
        case notPublished
        case unknown
    }

    private func verdict(on attempt: Attempt, _ result: Result<JobOutcome, any Error>) -> Verdict {
        let reason = attempt.stopReason
        // A worker that has lost its lease publishes nothing, even if the fence would stop it, too.
        if reason == .leaseLost { return .nothing }
        // Who was done in spite of having been told to stop is done: the fence decides.
        if case .success(.completed(let jobs, let publish)) = result {
            return .complete(adding: jobs, publish: publish)
        }
        switch reason {
        case .workerStops: return .giveBack(after: .zero)
        case .cancelled: return .fail(JobFailure(code: "cancelled", message: "the job was cancelled"), isFinal: false)
        case .deadline:
            let message = "the attempt took longer than \(attempt.job.deadline)"
            return .fail(JobFailure(code: "deadline_exceeded", message: message), isFinal: false)
        case .leaseLost, nil: return verdict(on: result)
        }
    }

    private func verdict(on result: Result<JobOutcome, any Error>) -> Verdict {
        switch result {
        case .success(.completed(let jobs, let publish)): .complete(adding: jobs, publish: publish)
        case .success(.retry(let failure)): .fail(failure, isFinal: false)
        case .success(.discard(let failure)): .fail(failure, isFinal: true)
        case .success(.snooze(let delay)): .giveBack(after: delay)
        case .failure(let failure as JobFailure): .fail(failure, isFinal: false)
        // An outage of the database is nothing against the job.
        case .failure(let error as PostgresError) where error.isOutage: .giveBack(after: .seconds(1))
        case .failure(let error): .fail(JobFailure(code: "error", message: "\(error)"), isFinal: false)
        }
    }

    private func record(_ attempt: Attempt, _ verdict: Verdict, _ handler: AnyJobHandler) async -> Publication {
        switch verdict {
        case .complete(let jobs, let publish): return await complete(attempt, adding: jobs, publish, handler)
        case .fail(let failure, let isFinal): await fail(attempt, failure, isFinal: isFinal, handler)
        case .giveBack(let delay):
            await untilRecorded(attempt) {
                _ = try await self.queue.release(attempt.job.id, lease: attempt.job.lease, delay: delay)
            }
        case .nothing: break
        }
        return .notPublished
    }

    private func fail(_ attempt: Attempt, _ failure: JobFailure, isFinal: Bool, _ handler: AnyJobHandler) async {
        let job = attempt.job
        let delay = isFinal ? nil : configuration.retryPolicy.delay(afterAttempt: job.attempt)
        await untilRecorded(attempt) {
            let answer = try await self.queue.pool.withTransaction { transaction in
                let answer = try await self.queue.fail(
                    job.id,
                    lease: job.lease,
                    failure: failure,
                    retryIn: delay,
                    isOptional: handler.isOptional,
                    in: transaction
                )
                if answer == .discarded {
                    try await handler.discarded(ClaimedJob.Discarded(job: job, failure: failure), transaction)
                }
                return answer
            }
            self.logFailure(job, failure, answer)
        }
    }

    /// Completes a job, as often as the connection breaks, and finds out what became of it.
    private func complete(
        _ attempt: Attempt,
        adding jobs: [NewJob],
        _ publish: (@Sendable (PostgresConnection) async throws -> Void)?,
        _ handler: AnyJobHandler
    ) async -> Publication {
        let job = attempt.job
        var tries = Tries()
        var mayHaveHappened = false
        while true {
            do {
                let answer = try await queue.pool.withTransaction { transaction in
                    let answer = try await self.queue.complete(job.id, lease: job.lease, adding: jobs, in: transaction)
                    if answer == .completed { try await publish?(transaction) }
                    return answer
                }
                return publication(after: answer, mayHaveHappened: mayHaveHappened)
            } catch let error as PostgresError where error.kind == .commitUnknown || error.isRetriable {
                // The next try waits at the flow's row for this transaction to end, one way or the other.
                if error.kind == .commitUnknown { mayHaveHappened = true }
                guard await tries.again(after: error, giveUp: attempt.stopReason == .workerStops) else {
                    log("the end of a job could not be recorded", job, level: .error, error: error)
                    return mayHaveHappened ? .unknown : .notPublished
                }
            } catch {
                // This try was rolled back. An earlier one, of whose COMMIT nothing was heard, may have published.
                await fail(attempt, JobFailure(code: "publish_failed", message: "\(error)"), isFinal: false, handler)
                return mayHaveHappened ? .unknown : .notPublished
            }
        }
    }

    private func publication(after answer: CompletionAnswer, mayHaveHappened: Bool) -> Publication {
        switch answer {
        case .completed, .repeated: .published
        case .cancelled, .stale: .notPublished
        case .gone: mayHaveHappened ? .unknown : .notPublished
        }
    }

    /// Runs a recording that publishes nothing until it succeeds; a second run of it is harmless.
    private func untilRecorded(_ attempt: Attempt, _ record: @Sendable () async throws -> Void) async {
        var tries = Tries()
        while true {
            do {
                return try await record()
            } catch {
                let isTransient = (error as? PostgresError).map { $0.isRetriable || $0.kind == .commitUnknown } ?? false
                if isTransient, await tries.again(after: error, giveUp: attempt.stopReason == .workerStops) { continue }
                // The lease runs out, and the reaper records the end.
                return log("the end of a job could not be recorded", attempt.job, level: .error, error: error)
            }
        }
    }
}

/// How long something is tried again.
struct Tries {
    private var count = 0
    private let start = ContinuousClock.now

    /// The longest outage of the database that the end of a job waits for.
    private static let patience: Duration = .seconds(600)

    /// Waits a little; false if it is time to give up.
    mutating func again(after error: any Error, giveUp isStopping: Bool) async -> Bool {
        count += 1
        let isOutage = (error as? PostgresError).map { $0.isOutage || $0.kind == .commitUnknown } ?? false
        // A conflict is settled quickly, or never; a stopping worker has only a few seconds.
        if isStopping || !isOutage, count >= 10 { return false }
        guard ContinuousClock.now - start < Self.patience else { return false }
        let pause = min(Duration.milliseconds(20) * (1 << min(count, 6)), .seconds(1))
        try? await Task.sleep(for: pause.jittered)
        return true
    }
}
