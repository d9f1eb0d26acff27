import Database
import Jobs

/// Tells the caches before the gateway what nobody may see any more; without any there is nothing to tell.
struct PurgeMediaHandler: JobHandler {
    let hook: PurgeHook?

    func run(_ job: Job<PurgeMedia>) async throws -> JobOutcome {
        guard let hook else { return .completed() }
        try await hook.purge(video: "\(job.arguments.videoID)", folders: job.arguments.folders)
        return .completed()
    }
}
