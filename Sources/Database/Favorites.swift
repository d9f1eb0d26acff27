public import Domain
public import Postgres

/// Who likes which video.
///
/// Liking twice, or taking back a like that is not there, is success and
/// changes nothing. Each is one statement, a transaction of its own.
public struct Favorites: Sendable {
    private let pool: DatabasePool

    public init(_ pool: DatabasePool) { self.pool = pool }

    /// Likes a video; `false` when there is no such video for everyone to see.
    public func add(_ video: VideoID, by user: UserID) async throws -> Bool {
        try await pool.first(Self.favoriteInsert(video, by: user), as: Bool.self) ?? false
    }

    /// Takes a like back; `false` when there is no such video for everyone to see, and no like of it.
    public func remove(_ video: VideoID, by user: UserID) async throws -> Bool {
        try await pool.first(Self.favoriteDelete(video, by: user), as: Bool.self) ?? false
    }

    // The counts move with the row that was inserted or deleted, and with no other: of two clients
    // that do the same at once, the second waits for the first and then finds nothing to do.
    private static func favoriteInsert(_ video: VideoID, by user: UserID) -> SQL {
        """
        WITH video AS (
            SELECT id, author_id FROM videos WHERE id = \(video) AND is_public
        ), favorite AS (
            INSERT INTO favorites (user_id, video_id) SELECT \(user), id FROM video
            ON CONFLICT (user_id, video_id) DO NOTHING
            RETURNING video_id
        ), \(counted(by: user, sign: "1"))
        SELECT EXISTS (SELECT FROM video)
        """
    }

    /// Also of a video that was removed or hidden since; of others that are, nothing is told.
    private static func favoriteDelete(_ video: VideoID, by user: UserID) -> SQL {
        """
        WITH video AS (
            SELECT id, author_id FROM videos
            WHERE id = \(video)
              AND (is_public OR (SELECT true FROM favorites WHERE user_id = \(user) AND video_id = \(video)))
        ), favorite AS (
            DELETE FROM favorites WHERE user_id = \(user) AND video_id = \(video)
            RETURNING video_id
        ), \(counted(by: user, sign: "-1"))
        SELECT EXISTS (SELECT FROM video)
        """
    }

    private static func counted(by user: UserID, sign: SQL) -> SQL {
        """
        counted_for_video AS (
            INSERT INTO video_count_log (video_id, favorites) SELECT video_id, \(sign) FROM favorite
        ), counted_for_users AS (
            INSERT INTO user_count_log (user_id, favorites, favorited)
            SELECT \(user), \(sign), 0 FROM favorite
            UNION ALL
            SELECT author_id, 0, \(sign) FROM favorite JOIN video ON video.id = favorite.video_id
        )
        """
    }
}
