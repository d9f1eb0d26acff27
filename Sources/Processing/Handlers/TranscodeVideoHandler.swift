import Database
import Domain
import Jobs
import MediaTasks

/// Makes everything a viewer plays, stores it under the prefix of its lease and publishes that prefix.
struct TranscodeVideoHandler: JobHandler {
    let workshop: VideoWorkshop

    func run(_ job: Job<TranscodeVideo>) async throws -> JobOutcome {
        try await workshop.logging(job, video: job.arguments.videoID) { try await transcode(job) }
    }

    private func transcode(_ job: Job<TranscodeVideo>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: id), source.needsMedia else { return .completed() }
        try await workshop.sweepEarlierAttempts(of: id, keeping: source.mediaPrefix)
        let attempt = attempt(job)
        let end = try await attempt.run(.transcode, source)
        guard case .reported(.transcoded(let package)) = end else { return end.failureOutcome }
        return .completed { transaction in
            try await workshop.publish(id, attempt.prefix, package, isComplete: true, in: transaction)
        }
    }

    func discarded(
        _ arguments: TranscodeVideo,
        failure: JobFailure,
        in transaction: JobTransaction
    ) async throws {
        try await workshop.fail(arguments.videoID, failure, in: transaction)
    }

    func cleanUp(after job: Job<TranscodeVideo>) async { await attempt(job).discardFiles() }

    private func attempt(_ job: Job<TranscodeVideo>) -> VideoAttempt<TranscodeVideo> {
        VideoAttempt(workshop: workshop, job: job, id: job.arguments.videoID)
    }
}
