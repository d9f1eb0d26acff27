import Database
import Jobs
import ObjectStorage

/// Removes media that nobody is given any more.
///
/// The folder of one lease is never shown again once it was replaced, nor filled again. Of a folder of several leases only
/// those go that are smaller than the lease of who had them retired.
struct RetireMediaHandler: JobHandler {
    let workshop: VideoWorkshop

    func run(_ job: Job<RetireMedia>) async throws -> JobOutcome {
        let prefix = job.arguments.prefix
        if let lease = job.arguments.leasesBelow {
            try await AttemptFolders(store: workshop.store, path: prefix).sweep(leasesBelow: lease)
        } else if try await !workshop.videos.isShown(prefix) {
            try await workshop.store.deleteAll(prefix: prefix + "/")
        }
        return .completed()
    }
}
