public import Domain
public import Postgres

/// Who follows whom; two who follow each other are friends.
///
/// Following twice, or ceasing what was not, is success and changes nothing.
public struct Follows: Sendable {
    private let pool: DatabasePool

    public init(_ pool: DatabasePool) { self.pool = pool }

    /// Makes one user follow another; `false` when there is no such other.
    public func add(_ followed: UserID, by follower: UserID) async throws -> Bool {
        try await pool.first(Self.followInsert(followed, by: follower), as: Bool.self) ?? false
    }

    /// Ends that; `false` when there is no such other.
    public func remove(_ followed: UserID, by follower: UserID) async throws -> Bool {
        try await pool.first(Self.followDelete(followed, by: follower), as: Bool.self) ?? false
    }

    /// Whom a user follows, the most recent first.
    public func listFollowed(by user: UserID, viewer: UserID?, limit: Int) async throws -> [UserProfile] {
        let page: SQL = """
            SELECT followed_id AS id, created_at FROM follows WHERE follower_id \(.only(user))
            ORDER BY follower_id, created_at DESC \(.limit(limit))
            """
        return try await list(page, viewer: viewer)
    }

    /// Who follows a user, the most recent first.
    public func listFollowers(of user: UserID, viewer: UserID?, limit: Int) async throws -> [UserProfile] {
        let page: SQL = """
            SELECT follower_id AS id, created_at FROM follows WHERE followed_id \(.only(user))
            ORDER BY followed_id, created_at DESC \(.limit(limit))
            """
        return try await list(page, viewer: viewer)
    }

    /// A user's friends, the most recently followed first, with the newest message that each has exchanged with the viewer.
    public func listFriends(of user: UserID, viewer: UserID?, limit: Int) async throws -> [Friend] {
        try await pool.query(Self.friendList(user, viewer: viewer, limit: limit)).map(Friend.init)
    }

    private func list(_ page: SQL, viewer: UserID?) async throws -> [UserProfile] {
        try await pool.query(Self.profileList(page, viewer: viewer)).map { row in
            var row = RowReader(row)
            return try UserProfile(&row)
        }
    }
}

extension Follows {
    private static func followInsert(_ followed: UserID, by follower: UserID) -> SQL {
        """
        WITH followed AS (
            SELECT id FROM users WHERE id = \(followed)
        ), follow AS (
            INSERT INTO follows (follower_id, followed_id) SELECT \(follower), id FROM followed
            ON CONFLICT (follower_id, followed_id) DO NOTHING
            RETURNING follower_id, followed_id
        ), \(counted(sign: "1"))
        SELECT EXISTS (SELECT FROM followed)
        """
    }

    private static func followDelete(_ followed: UserID, by follower: UserID) -> SQL {
        """
        WITH follow AS (
            DELETE FROM follows WHERE follower_id = \(follower) AND followed_id = \(followed)
            RETURNING follower_id, followed_id
        ), \(counted(sign: "-1"))
        SELECT EXISTS (SELECT FROM users WHERE id = \(followed))
        """
    }

    private static func counted(sign: SQL) -> SQL {
        """
        counted AS (
            INSERT INTO user_count_log (user_id, follows, followers)
            SELECT follower_id, \(sign), 0 FROM follow
            UNION ALL
            SELECT followed_id, 0, \(sign) FROM follow
        )
        """
    }

    private static func profileList(_ page: SQL, viewer: UserID?) -> SQL {
        """
        SELECT \(UserProfile.columns("profile", viewer: viewer))
        FROM (\(page)) AS page \(UserProfile.join("profile", id: "page.id"))
        ORDER BY page.created_at DESC
        """
    }

    private static func friendList(_ user: UserID, viewer: UserID?, limit: Int) -> SQL {
        """
        SELECT newest.content, newest.is_sent, \(UserProfile.columns("profile", viewer: viewer))
        FROM (
            SELECT mine.followed_id AS id, mine.created_at
            FROM follows AS mine
            JOIN follows AS theirs ON theirs.follower_id = mine.followed_id AND theirs.followed_id = mine.follower_id
            WHERE mine.follower_id = \(user)
            ORDER BY mine.created_at DESC
            \(.limit(limit))
        ) AS page
        \(UserProfile.join("profile", id: "page.id"))
        LEFT JOIN LATERAL (\(newestMessage(viewer))) AS newest ON true
        ORDER BY page.created_at DESC
        """
    }

    private static func newestMessage(_ viewer: UserID?) -> SQL {
        """
        SELECT content, from_id = \(viewer as UserID?) AS is_sent FROM messages
        WHERE least(from_id, to_id) = least(\(viewer as UserID?), page.id)
          AND greatest(from_id, to_id)
              BETWEEN greatest(\(viewer as UserID?), page.id) AND greatest(\(viewer as UserID?), page.id)
          AND sent_ms IS NOT NULL
        ORDER BY greatest(from_id, to_id) DESC, sent_ms DESC LIMIT 1
        """
    }
}

extension Friend {
    fileprivate init(_ row: Row) throws {
        var row = RowReader(row)
        let content = try row.next(as: String?.self)
        let isSent = try row.next(as: Bool?.self)
        newestMessage = content.map { NewestMessage(content: $0, isSent: isSent ?? false) }
        profile = try UserProfile(&row)
    }
}
