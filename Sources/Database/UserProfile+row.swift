import Domain
import Postgres

/// How statements ask for a user, and how the answer is read.
extension UserProfile {
    /// The columns of a row of `counted_users` named `alias`, as `viewer` sees them.
    static func columns(_ alias: SQL, viewer: UserID?) -> SQL {
        """
        \(alias).id, \(alias).name, \(alias).signature, \(alias).avatar_key, \(alias).background_key,
        CASE WHEN \(alias).id = \(viewer as UserID?) THEN \(alias).upload_count ELSE \(alias).ready_count END,
        \(alias).favorite_count, \(alias).favorited_count, \(alias).follow_count, \(alias).follower_count,
        -- Not EXISTS: for that the planner would read all whom the viewer follows, once for each page.
        coalesce((SELECT true FROM follows WHERE follower_id = \(viewer as UserID?) AND followed_id = \(alias).id), false)
        """
    }

    /// Joins the user whose id is `id`, as a row of `counted_users` named `alias`.
    ///
    /// OFFSET 0 keeps the planner from joining in another way than row by row:
    /// for a page of up to a thousand it would read all users, to save what
    /// most pages, which are short, do not cost.
    static func join(_ alias: SQL, id: SQL) -> SQL {
        "CROSS JOIN LATERAL (SELECT * FROM counted_users WHERE id = \(id) OFFSET 0) AS \(alias)"
    }

    init(_ row: inout RowReader) throws {
        id = try row.next()
        name = try row.next()
        signature = try row.next()
        avatarKey = try row.next()
        backgroundKey = try row.next()
        counts = UserCounts(
            works: try row.next(),
            favorites: try row.next(),
            favorited: try row.next(),
            follows: try row.next(),
            followers: try row.next()
        )
        isFollowed = try row.next()
    }
}
