public import Domain
public import Jobs
public import Postgres

/// How a video ends: at once for everybody who asks, and then, by a job that survives every crash, in the object store.
extension Videos {
    /// Takes a video down for good, ends the work on it and has everything of it deleted.
    ///
    /// An author may remove their own, and an operator, who is `nil`, any; `false` when there is no such video.
    public func remove(_ id: VideoID, by author: UserID? = nil) async throws -> Bool {
        try await pool.withTransaction { transaction in
            let found = try await transaction.first(Self.videoWork(id, author), as: (VideoID, Int64?).self)
            guard let (media, flow) = found else { return false }
            // The flow is locked before the media, as by a job that ends.
            if let flow { _ = try await Self.isRunning(lockingFlow: flow, in: transaction) }
            _ = try await Self.lockMedia(media, in: transaction)
            guard let owner = try await transaction.first(Self.videoRemove(id, author), as: UserID.self) else {
                return false
            }
            // Whoever else shows the same media waits for the same work.
            if try await Self.retireMedia(media, in: transaction), let flow {
                try await JobQueue(pool: pool).cancel(flow: FlowID(rawValue: flow), in: transaction)
            }
            let erasure = NewFlow(
                kind: EraseVideo.kind,
                ownerID: owner.rawValue,
                dedupKey: "\(id)",
                jobs: [try NewJob(EraseVideo(videoID: id))]
            )
            try await JobQueue(pool: pool).enqueue(erasure, in: transaction)
            try await enqueuePurge(id, in: transaction)
            try await ChangeChannel.videos.notify([id.rawValue], in: transaction)
            return true
        }
    }

    /// Whether an attempt at a job of this video may still be writing.
    public func isBeingWorkedOn(_ id: VideoID) async throws -> Bool {
        let open: SQL = """
            SELECT flow.open_jobs > 0 FROM videos JOIN jobs.flow ON flow.id = videos.flow_id WHERE videos.id = \(id)
            """
        return try await pool.first(open, as: Bool.self) ?? false
    }

    /// Forgets a removed video, in the transaction that says that its objects are gone.
    ///
    /// Where people liked it, their likes are theirs: they and their counts stay, and so does an empty row that they
    /// refer to.
    public func erase(_ id: VideoID, in transaction: any DatabaseSession) async throws {
        let reference: SQL = "SELECT media_id FROM videos WHERE id = \(id)"
        guard let media = try await transaction.first(reference, as: VideoID.self) else { return }
        let isKept = try await Self.lockMedia(media, in: transaction)
        guard try await transaction.first(Self.videoLockRemoved(id), as: Bool.self) != nil else { return }
        try await transaction.execute(Self.commentsErase(id))
        if !isKept { try await transaction.execute("DELETE FROM video_parts WHERE video_id = \(media)") }
        if try await transaction.first(Self.videoIsLiked(id), as: Bool.self) == true {
            try await transaction.execute(Self.videoEmpty(id))
        } else {
            try await transaction.execute("DELETE FROM video_count_log WHERE video_id = \(id)")
            try await transaction.execute("DELETE FROM videos WHERE id = \(id)")
            try await transaction.execute(Self.mediaForget(media))
        }
    }

    private static func videoWork(_ id: VideoID, _ author: UserID?) -> SQL {
        "SELECT media_id, flow_id FROM videos WHERE id = \(id) AND author_id = coalesce(\(author as UserID?), author_id)"
    }

    private static func videoRemove(_ id: VideoID, _ author: UserID?) -> SQL {
        """
        UPDATE videos
        SET state = 'removed', failure_code = NULL, failure_reason = NULL, updated_at = clock_timestamp()
        WHERE id = \(id) AND state <> 'removed' AND author_id = coalesce(\(author as UserID?), author_id)
        RETURNING author_id
        """
    }

    private static func videoLockRemoved(_ id: VideoID) -> SQL {
        "SELECT true FROM videos WHERE id = \(id) AND state = 'removed' FOR UPDATE"
    }

    /// What is counted is what everybody could see.
    private static func commentsErase(_ id: VideoID) -> SQL {
        """
        WITH gone AS (DELETE FROM comments WHERE video_id = \(id) RETURNING is_held)
        INSERT INTO video_count_log (video_id, comments)
        SELECT \(id), -count(*) FROM gone WHERE NOT is_held HAVING count(*) > 0
        """
    }

    private static func mediaForget(_ media: VideoID) -> SQL {
        """
        DELETE FROM media
        WHERE id = \(media) AND retired_at IS NOT NULL AND NOT EXISTS (SELECT FROM videos WHERE media_id = \(media))
        """
    }

    private static func videoIsLiked(_ id: VideoID) -> SQL {
        "SELECT favorite_count > 0 FROM counted_videos WHERE id = \(id)"
    }

    private static func videoEmpty(_ id: VideoID) -> SQL {
        """
        UPDATE videos
        SET title = '', media_info = NULL, media_prefix = NULL, media_files = NULL, renditions = NULL,
            thumb_hash = NULL, cover_key = NULL, source_retired_at = coalesce(source_retired_at, clock_timestamp())
        WHERE id = \(id)
        """
    }
}
