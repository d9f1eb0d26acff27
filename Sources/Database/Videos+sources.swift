public import Domain
import Jobs
import Postgres

/// How long what creators uploaded is kept.
extension Videos {
    /// How many sources one transaction gives up.
    public static let sourceBatch = 100

    /// Has the sources deleted of videos that have been complete, or failed, for longer than `age`.
    ///
    /// What several videos were made of goes when it is time for the last of them.
    ///
    /// - Returns: how many; ``sourceBatch`` when there may be more.
    public func retireSources(olderThan age: Duration) async throws -> Int {
        try await pool.withTransaction { transaction in
            // Whoever shares media locks them first: the second statement sees every video that refers to these.
            let locked = try await transaction.query(Self.mediaDueLock(age), as: VideoID.self)
            let due = try await transaction.query(Self.videoRetireSources(locked, age), as: (VideoID, UserID).self)
            for (media, author) in Dictionary(due, uniquingKeysWith: { first, _ in first }) {
                let job = try NewJob(RetireSource(videoID: media))
                let flow = NewFlow(kind: RetireSource.kind, ownerID: author.rawValue, jobs: [job])
                try await JobQueue(pool: pool).enqueue(flow, in: transaction)
            }
            return locked.count
        }
    }

    private static func mediaDueLock(_ age: Duration) -> SQL {
        """
        SELECT media.id FROM videos JOIN media ON media.id = videos.media_id
        WHERE source_retired_at IS NULL AND (state = 'failed' OR (state = 'ready' AND complete_at IS NOT NULL))
              AND coalesce(complete_at, updated_at) < statement_timestamp() - \(age) AND \(isLastToNeedIt(age))
        ORDER BY coalesce(complete_at, updated_at) \(.limit(sourceBatch)) FOR NO KEY UPDATE OF media SKIP LOCKED
        """
    }

    private static func isLastToNeedIt(_ age: Duration) -> SQL {
        """
        NOT EXISTS (SELECT FROM videos AS other
                    WHERE other.media_id = videos.media_id AND other.state <> 'removed'
                      AND coalesce(other.complete_at, other.updated_at) >= statement_timestamp() - \(age))
        """
    }

    private static func videoRetireSources(_ media: [VideoID], _ age: Duration) -> SQL {
        """
        UPDATE videos SET source_retired_at = clock_timestamp()
        WHERE media_id = ANY(\(media)) AND state <> 'removed' AND source_retired_at IS NULL AND \(isLastToNeedIt(age))
        RETURNING media_id, author_id
        """
    }
}
