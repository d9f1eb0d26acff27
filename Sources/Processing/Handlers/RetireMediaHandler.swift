import Database
import Jobs
import ObjectStorage

/// Removes media that nobody is given any more.
struct RetireMediaHandler: JobHandler {
    let workshop: VideoWorkshop

    func run(_ job: Job<RetireMedia>) async throws -> JobOutcome {
        try await workshop.store.deleteAll(prefix: job.arguments.prefix + "/")
        return .completed()
    }
}
