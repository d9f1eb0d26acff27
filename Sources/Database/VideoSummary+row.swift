import Domain
import Postgres

/// How statements ask for a video with its author, and how the answer is read.
extension VideoSummary {
    /// Everything about the videos whose ids a subquery named `page` answers, up to and without a `WHERE`.
    ///
    /// A page is cut before anything is joined to it: beside the joins, the
    /// planner would join all videos first.
    static func select(page: SQL, viewer: UserID?) -> SQL {
        """
        SELECT video.id, video.title, video.state, video.visibility, video.media_prefix, video.published_ms,
               video.failure_reason, video.favorite_count, video.comment_count,
               -- Not EXISTS: for that the planner would read all that the viewer likes.
               coalesce((SELECT true FROM favorites WHERE user_id = \(viewer as UserID?) AND video_id = video.id), false),
               \(UserProfile.columns("author", viewer: viewer))
        FROM (\(page)) AS page
        CROSS JOIN LATERAL (SELECT * FROM counted_videos WHERE id = page.id OFFSET 0) AS video
        \(UserProfile.join("author", id: "video.author_id"))
        """
    }

    init(_ row: Row) throws {
        var row = RowReader(row)
        id = try row.next()
        title = try row.next()
        state = try row.next()
        visibility = try row.next()
        mediaPrefix = try row.next()
        publishedMilliseconds = try row.next()
        failureReason = try row.next()
        favoriteCount = try row.next()
        commentCount = try row.next()
        isFavorite = try row.next()
        author = try UserProfile(&row)
    }
}
