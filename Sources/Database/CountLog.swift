public import Postgres

/// Adds up the log of counts, so that reading a count stays cheap.
///
/// Any number of processes may try; one at a time does it. See
/// `sql/0009_counts.sql` for why counts are kept in a log at all.
public struct CountLog: Sendable {
    /// How many entries are added up in one transaction, which keeps it short.
    public static let batchLength = 5000

    private let pool: DatabasePool

    public init(_ pool: DatabasePool) { self.pool = pool }

    /// Folds up to a batch of each log, and tells those who keep counts in memory.
    ///
    /// - Returns: how many entries were folded; 0 also when another process is at it.
    public func fold() async throws -> Int {
        guard try await pool.first(Self.countLogPeek, as: Bool.self) == true else { return 0 }
        let videos = try await fold(Self.videoCountFold, channel: .videos)
        let users = try await fold(Self.userCountFold, channel: .users)
        return videos + users
    }

    /// Gives the room of folded entries back; until then looking a count up reads past them.
    public func vacuum() async throws {
        try await pool.execute("VACUUM video_count_log")
        try await pool.execute("VACUUM user_count_log")
    }

    private func fold(_ statement: SQL, channel: ChangeChannel) async throws -> Int {
        try await pool.withTransaction { transaction in
            guard try await transaction.first(Self.countLogLock, as: Bool.self) == true else { return 0 }
            try await transaction.execute(Self.countLogPlan)
            let changed = try await transaction.query(statement, as: (Int64, Int64).self)
            try await channel.notify(changed.map(\.0), in: transaction)
            return Int(changed.reduce(0) { $0 + $1.1 })
        }
    }
}

extension CountLog {
    private static let countLogPeek: SQL = """
        SELECT EXISTS (SELECT FROM video_count_log) OR EXISTS (SELECT FROM user_count_log)
        """

    /// The number is the name of this lock, which nothing else uses.
    private static let countLogLock: SQL = "SELECT pg_try_advisory_xact_lock(7263512904)"

    /// Has each row that is changed looked up: the log's size is never what its statistics say, and other plans read all
    /// videos or users.
    private static let countLogPlan: SQL = """
        SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
               set_config('enable_seqscan', 'off', true)
        """

    /// The rows whose counts grow are locked before those of the log, as by whoever erases a video: the DELETE has to know
    /// how many are locked before it takes its first row.
    private static let videoCountFold: SQL = """
        WITH batch AS MATERIALIZED (
            SELECT id, video_id FROM video_count_log ORDER BY id \(.limit(batchLength))
        ), locked AS MATERIALIZED (
            SELECT id FROM videos WHERE id IN (SELECT video_id FROM batch) ORDER BY id FOR NO KEY UPDATE
        ), taken AS (
            DELETE FROM video_count_log
            WHERE id IN (SELECT id FROM batch) AND (SELECT count(*) FROM locked) >= 0
            RETURNING video_id, favorites, comments
        ), sums AS (
            SELECT video_id, sum(favorites) AS favorites, sum(comments) AS comments, count(*) AS entries
            FROM taken GROUP BY video_id
        )
        UPDATE videos AS v
        SET favorite_count = v.favorite_count + s.favorites, comment_count = v.comment_count + s.comments
        FROM sums AS s WHERE v.id = s.video_id
        RETURNING v.id, s.entries
        """

    private static let userCountFold: SQL = """
        WITH batch AS MATERIALIZED (
            SELECT id, user_id FROM user_count_log ORDER BY id \(.limit(batchLength))
        ), locked AS MATERIALIZED (
            SELECT id FROM users WHERE id IN (SELECT user_id FROM batch) ORDER BY id FOR NO KEY UPDATE
        ), taken AS (
            DELETE FROM user_count_log
            WHERE id IN (SELECT id FROM batch) AND (SELECT count(*) FROM locked) >= 0
            RETURNING user_id, favorites, favorited, follows, followers
        ), sums AS (
            SELECT user_id, sum(favorites) AS favorites, sum(favorited) AS favorited, sum(follows) AS follows,
                   sum(followers) AS followers, count(*) AS entries
            FROM taken GROUP BY user_id
        )
        UPDATE users AS u
        SET favorite_count = u.favorite_count + s.favorites, favorited_count = u.favorited_count + s.favorited,
            follow_count = u.follow_count + s.follows, follower_count = u.follower_count + s.followers
        FROM sums AS s WHERE u.id = s.user_id
        RETURNING u.id, s.entries
        """
}
