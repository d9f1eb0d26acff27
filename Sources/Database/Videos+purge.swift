import Domain
import Jobs
import Postgres

/// What a removed or hidden video leaves in caches that are not ours.
extension Videos {
    /// Enqueues that they are told, in the transaction that takes the video away from viewers.
    func enqueuePurge(_ id: VideoID, in transaction: any DatabaseSession) async throws {
        let row: SQL = "SELECT author_id, media_prefix FROM videos WHERE id = \(id)"
        guard let (author, prefix) = try await transaction.first(row, as: (UserID, String?).self) else { return }
        let purge = NewFlow(
            kind: PurgeMedia.kind,
            ownerID: author.rawValue,
            jobs: [try NewJob(PurgeMedia(videoID: id, mediaPrefix: prefix))]
        )
        try await JobQueue(pool: pool).enqueue(purge, in: transaction)
    }
}
