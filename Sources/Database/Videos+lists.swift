public import Domain
import Postgres

extension Videos {
    /// The newest videos that everyone may see and that were published before a time (milliseconds since 1970), newest first.
    public func newest(before: Int64, limit: Int, viewer: UserID? = nil) async throws -> [VideoSummary] {
        try await pool.query(Self.videoListNewest(before: before, limit: limit, viewer: viewer)).map(VideoSummary.init)
    }

    /// Those of the named videos that everyone may see.
    public func find(_ ids: [VideoID]) async throws -> [VideoSummary] {
        try await pool.query(Self.videoListFind(ids)).map(VideoSummary.init)
    }

    /// Which of these videos each viewer likes, and which of these authors they follow; none for those who do not.
    public func marks(of viewers: [UserID], videos: [VideoID], authors: [UserID]) async throws -> [UserID: ViewerMarks]
    {
        let statement = Self.videoMarks(viewers, videos, authors)
        let rows = try await pool.shared.query(statement, as: (UserID, VideoID?, UserID?).self)
        return rows.reduce(into: [:]) { marks, row in
            if let video = row.1 { marks[row.0, default: ViewerMarks()].favorites.insert(video) }
            if let author = row.2 { marks[row.0, default: ViewerMarks()].followed.insert(author) }
        }
    }

    /// An author's videos, newest first: all but removed ones for themselves, those that everyone may see for others.
    ///
    /// `before` leaves that video and newer ones out.
    public func list(author: UserID, viewer: UserID?, before: VideoID? = nil, limit: Int) async throws -> [VideoSummary]
    {
        let before = before ?? VideoID(rawValue: .max)
        return try await pool.query(Self.videoListByAuthor(author, viewer: viewer, before: before, limit: limit))
            .map(VideoSummary.init)
    }

    /// What a user likes, newest like first.
    public func listFavorites(of user: UserID, viewer: UserID?, limit: Int) async throws -> [VideoSummary] {
        try await pool.query(Self.videoListFavorites(user, viewer: viewer, limit: limit)).map(VideoSummary.init)
    }

    /// The folder of a video's media; `nil` when there is no such video, or not for everyone.
    public func location(of id: VideoID) async throws -> String? {
        try await pool.shared.first(Self.videoLocation(id), as: String.self)
    }

    /// True for media that everyone may have: a public video shows them.
    ///
    /// Media are called by the number of the first video that showed them. Others may show them too, and outlive it.
    public func hasPublicMedia(_ media: VideoID) async throws -> Bool {
        try await isShown(media, by: "is_public")
    }

    /// True for media that may be had at a signed address: not once all that show them were hidden or removed.
    public func hasPrivateMedia(_ media: VideoID) async throws -> Bool {
        try await isShown(media, by: "state = 'ready' AND visibility <> 'hidden'")
    }

    private func isShown(_ media: VideoID, by condition: SQL) async throws -> Bool {
        let videos: SQL = "SELECT EXISTS (SELECT FROM videos WHERE media_id = \(media) AND \(condition))"
        return try await pool.shared.first(videos, as: Bool.self) ?? false
    }

    /// Whether a viewer may know of a video: everyone of public ones, authors of their own.
    public func isVisible(_ id: VideoID, to viewer: UserID?) async throws -> Bool {
        try await pool.shared.first(Self.videoIsVisible(id, viewer), as: Bool.self) ?? false
    }

    private static func videoIsVisible(_ id: VideoID, _ viewer: UserID?) -> SQL {
        """
        SELECT is_public OR coalesce(state <> 'removed' AND author_id = \(viewer as UserID?), false) FROM videos WHERE id = \(id)
        """
    }

    private static func videoListNewest(before: Int64, limit: Int, viewer: UserID?) -> SQL {
        """
        \(VideoSummary.select(
            page: """
                SELECT id FROM videos WHERE is_public AND published_ms < \(before)
                ORDER BY published_ms DESC \(.limit(limit))
                """,
            viewer: viewer
        ))
        ORDER BY video.published_ms DESC
        """
    }

    private static func videoListFind(_ ids: [VideoID]) -> SQL {
        VideoSummary.select(page: "SELECT id FROM videos WHERE id = ANY(\(ids)) AND is_public", viewer: nil)
    }

    private static func videoMarks(_ viewers: [UserID], _ videos: [VideoID], _ authors: [UserID]) -> SQL {
        """
        SELECT user_id, video_id, NULL::bigint FROM favorites
        WHERE user_id = ANY(\(viewers)) AND video_id = ANY(\(videos))
        UNION ALL
        SELECT follower_id, NULL, followed_id FROM follows
        WHERE follower_id = ANY(\(viewers)) AND followed_id = ANY(\(authors))
        """
    }

    private static func videoListByAuthor(_ author: UserID, viewer: UserID?, before: VideoID, limit: Int) -> SQL {
        """
        \(VideoSummary.select(
            page: """
                SELECT id FROM videos
                WHERE author_id \(.only(author)) AND id < \(before) AND state <> 'removed'
                  AND (is_public OR author_id = \(viewer as UserID?))
                ORDER BY author_id, id DESC \(.limit(limit))
                """,
            viewer: viewer
        ))
        ORDER BY video.id DESC
        """
    }

    private static func videoListFavorites(_ user: UserID, viewer: UserID?, limit: Int) -> SQL {
        """
        \(VideoSummary.select(
            page: """
                SELECT video_id AS id, created_at FROM favorites WHERE user_id = \(user)
                ORDER BY created_at DESC \(.limit(limit))
                """,
            viewer: viewer
        ))
        WHERE video.is_public
        ORDER BY page.created_at DESC
        """
    }

    private static func videoLocation(_ id: VideoID) -> SQL {
        "SELECT media_prefix FROM videos WHERE id = \(id) AND is_public AND media_prefix IS NOT NULL"
    }
}
