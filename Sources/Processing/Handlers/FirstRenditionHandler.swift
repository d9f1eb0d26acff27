import Database
import Domain
import Jobs
import MediaTasks

/// Publishes what can be played soonest, while everything else waits to be made.
///
/// It is a favour to viewers and nothing that a video depends on: where it fails, the whole package decides.
struct FirstRenditionHandler: VideoJobHandler {
    let workshop: VideoWorkshop

    func process(_ job: Job<FirstRendition>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        // An attempt that died may have died of the file.
        guard job.attempt == 1, let source = try await workshop.videos.source(of: id), source.state == .processing
        else {
            return .completed()
        }
        let attempt = attempt(job)
        let end = try await attempt.run(.first, source)
        if case .notStarted = end { return end.failureOutcome }
        guard case .reported(.transcoded(let package)) = end else { return .completed() }
        return .completed { transaction in
            try await workshop.publish(id, attempt.prefix, package, isComplete: false, in: transaction)
        }
    }

    /// The video goes on without it.
    func discarded(
        _ arguments: FirstRendition,
        failure: JobFailure,
        in transaction: JobTransaction
    ) async throws {}
}
