import Database
import Domain
import Jobs
import MediaTasks

/// Makes everything a viewer plays, stores it under the prefix of its lease and publishes that prefix.
struct TranscodeVideoHandler: VideoJobHandler {
    typealias Arguments = TranscodeVideo

    let workshop: VideoWorkshop

    func process(_ job: Job<TranscodeVideo>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: id), source.needsMedia else { return .completed() }
        try await workshop.sweepEarlierAttempts(of: id, before: job.lease, keeping: source.mediaPrefix)
        let attempt = attempt(job)
        let end = try await attempt.run(.transcode, source)
        guard case .reported(.transcoded(let package)) = end else { return end.failureOutcome }
        return .completed { transaction in
            try await workshop.publish(id, attempt.prefix, package, isComplete: true, in: transaction)
        }
    }
}
