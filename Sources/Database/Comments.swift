public import Domain
public import Postgres

/// What is said about videos.
public struct Comments: Sendable {
    private let pool: DatabasePool

    public init(_ pool: DatabasePool) { self.pool = pool }

    /// Adds a comment; `nil` when there is no such video for everyone to see.
    ///
    /// If it `isHeld`, only its author sees it until it has been reviewed.
    public func add(_ text: String, to video: VideoID, by author: UserID, isHeld: Bool) async throws -> NewComment? {
        let insert = Self.commentInsert(text, video: video, author: author, isHeld: isHeld)
        return try await pool.first(insert, as: (CommentID, String).self).map { NewComment(id: $0.0, createDate: $0.1) }
    }

    /// What became of an attempt to delete a comment.
    public enum Deletion: Sendable, Equatable { case deleted, notAllowed, unknown }

    /// Deletes a comment, which its author may and the video's author.
    public func delete(_ comment: CommentID, of video: VideoID, by user: UserID) async throws -> Deletion {
        let delete = Self.commentDelete(comment, video: video, user: user)
        guard let row = try await pool.first(delete, as: (Bool, Bool).self) else { return .unknown }
        return row.0 ? .deleted : row.1 ? .notAllowed : .unknown
    }

    /// The newest comments of a video, newest first, and the viewer's own that wait for a review.
    ///
    /// None of a video that the viewer may not know of. `before` leaves that comment and newer ones out.
    public func list(of video: VideoID, viewer: UserID?, before: CommentID? = nil, limit: Int) async throws
        -> [VideoComment]
    {
        let before = before ?? CommentID(rawValue: .max)
        return try await pool.query(Self.commentList(video, viewer: viewer, before: before, limit: limit))
            .map(VideoComment.init)
    }
}

extension Comments {
    private static func commentInsert(_ text: String, video: VideoID, author: UserID, isHeld: Bool) -> SQL {
        """
        WITH comment AS (
            INSERT INTO comments (video_id, author_id, text, is_held)
            SELECT id, \(author), \(text), \(isHeld) FROM videos WHERE id = \(video) AND is_public
            RETURNING id, video_id, is_held, created_at
        ), counted AS (
            INSERT INTO video_count_log (video_id, comments) SELECT video_id, 1 FROM comment WHERE NOT is_held
        )
        SELECT id, to_char(created_at, 'MM-DD') FROM comment
        """
    }

    /// Whether it was deleted, and whether it was there to be deleted by somebody else.
    private static func commentDelete(_ comment: CommentID, video: VideoID, user: UserID) -> SQL {
        """
        WITH found AS (
            SELECT c.id, c.author_id = \(user) OR v.author_id = \(user) AS is_allowed
            FROM comments AS c JOIN videos AS v ON v.id = c.video_id
            WHERE c.id = \(comment) AND c.video_id = \(video)
              -- What somebody cannot see is unknown to them, not forbidden.
              AND (c.author_id = \(user)
                   OR (NOT c.is_held AND (v.is_public OR (v.state <> 'removed' AND v.author_id = \(user)))))
        ), deleted AS (
            DELETE FROM comments WHERE video_id = \(video) AND id = (SELECT id FROM found WHERE is_allowed)
            RETURNING video_id, is_held
        ), counted AS (
            INSERT INTO video_count_log (video_id, comments) SELECT video_id, -1 FROM deleted WHERE NOT is_held
        )
        SELECT EXISTS (SELECT FROM deleted), EXISTS (SELECT FROM found WHERE NOT is_allowed)
        """
    }

    private static func commentList(_ video: VideoID, viewer: UserID?, before: CommentID, limit: Int) -> SQL {
        """
        SELECT comment.id, comment.text, to_char(comment.created_at, 'MM-DD'),
               \(UserProfile.columns("author", viewer: viewer))
        FROM (
            SELECT * FROM comments
            WHERE video_id \(.only(video)) AND id < \(before) AND (NOT is_held OR author_id = \(viewer as UserID?))
              AND (SELECT is_public OR coalesce(state <> 'removed' AND author_id = \(viewer as UserID?), false)
                   FROM videos WHERE id = \(video))
            ORDER BY video_id DESC, id DESC
            \(.limit(limit))
        ) AS comment
        \(UserProfile.join("author", id: "comment.author_id"))
        ORDER BY comment.id DESC
        """
    }
}

extension VideoComment {
    fileprivate init(_ row: Row) throws {
        var row = RowReader(row)
        id = try row.next()
        text = try row.next()
        createDate = try row.next()
        author = try UserProfile(&row)
    }
}
