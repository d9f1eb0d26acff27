public import Domain
import Postgres

extension Videos {
    /// The newest playable videos that were published before a time (milliseconds since 1970), newest first.
    public func newest(before: Int64, limit: Int, viewer: UserID?) async throws -> [VideoSummary] {
        try await pool.query(Self.videoListNewest(before: before, limit: limit, viewer: viewer)).map(VideoSummary.init)
    }

    /// An author's videos, newest first: all but removed ones for themselves, playable ones for everyone else.
    public func list(author: UserID, viewer: UserID?) async throws -> [VideoSummary] {
        try await pool.query(Self.videoListByAuthor(author, viewer: viewer)).map(VideoSummary.init)
    }

    /// A video's state and the folder of its media; `nil` when there is no such video.
    public func location(of id: VideoID) async throws -> (state: VideoState, mediaPrefix: String?)? {
        try await pool.first(Self.videoLocation(id), as: (VideoState, String?).self)
            .map { (state: $0.0, mediaPrefix: $0.1) }
    }

    /// The page is cut before authors are joined: beside the join, the planner would join all videos first.
    private static func videoListNewest(before: Int64, limit: Int, viewer: UserID?) -> SQL {
        """
        \(summaryColumns(viewer: viewer))
        FROM (
            SELECT * FROM videos
            WHERE state = 'ready' AND published_ms < \(before)
            ORDER BY published_ms DESC
            LIMIT \(limit)
        ) AS video
        JOIN users AS author ON author.id = video.author_id
        ORDER BY video.published_ms DESC
        """
    }

    private static func videoListByAuthor(_ author: UserID, viewer: UserID?) -> SQL {
        """
        \(summaryColumns(viewer: viewer))
        FROM videos AS video
        JOIN users AS author ON author.id = video.author_id
        WHERE video.author_id = \(author)
          AND (video.state = 'ready' OR (video.state <> 'removed' AND video.author_id = \(viewer as UserID?)))
        ORDER BY video.id DESC
        """
    }

    private static func videoLocation(_ id: VideoID) -> SQL {
        "SELECT state, media_prefix FROM videos WHERE id = \(id)"
    }

    private static func summaryColumns(viewer: UserID?) -> SQL {
        """
        SELECT video.id, video.title, video.state, video.media_prefix, video.published_ms, video.failure_reason,
               author.id, author.name, author.signature,
               CASE WHEN author.id = \(viewer as UserID?) THEN author.upload_count ELSE author.ready_count END
        """
    }
}

extension VideoSummary {
    fileprivate init(_ row: Row) throws {
        let (id, title, state, prefix, published, reason, authorID, name, signature, works) = try row.decode(
            (VideoID, String, VideoState, String?, Int64?, String?, UserID, String, String, Int64).self
        )
        self.init(
            id: id,
            author: UserProfile(id: authorID, name: name, signature: signature, workCount: works),
            title: title,
            state: state,
            mediaPrefix: prefix,
            publishedMilliseconds: published,
            failureReason: reason
        )
    }
}
