public import Domain
import Jobs
import Postgres

/// How long what creators uploaded is kept.
extension Videos {
    /// How many sources one transaction gives up.
    public static let sourceBatch = 100

    /// Has the sources deleted of videos that have been complete, or failed, for longer than `age`.
    ///
    /// - Returns: how many; ``sourceBatch`` when there may be more.
    public func retireSources(olderThan age: Duration) async throws -> Int {
        try await pool.withTransaction { transaction in
            let due = try await transaction.query(Self.videoRetireSources(age), as: (VideoID, UserID).self)
            for (id, author) in due {
                let job = try NewJob(RetireSource(videoID: id))
                let flow = NewFlow(kind: RetireSource.kind, ownerID: author.rawValue, jobs: [job])
                try await JobQueue(pool: pool).enqueue(flow, in: transaction)
            }
            return due.count
        }
    }

    private static func videoRetireSources(_ age: Duration) -> SQL {
        """
        WITH due AS (
            SELECT id FROM videos
            WHERE source_retired_at IS NULL AND (state = 'failed' OR (state = 'ready' AND complete_at IS NOT NULL))
                  AND coalesce(complete_at, updated_at) < statement_timestamp() - \(age)
            ORDER BY coalesce(complete_at, updated_at) \(.limit(sourceBatch)) FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE videos SET source_retired_at = clock_timestamp() FROM due WHERE videos.id = due.id
        RETURNING videos.id, videos.author_id
        """
    }
}
