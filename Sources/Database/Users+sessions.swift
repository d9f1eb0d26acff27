public import Domain
import Postgres

/// A login that ended before its token expired; times are milliseconds since 1970.
public struct EndedSession: Sendable, Equatable {
    public var id: String
    public var endedMilliseconds: Int64
    public var expiresMilliseconds: Int64

    public init(id: String, endedMilliseconds: Int64, expiresMilliseconds: Int64) {
        self.id = id
        self.endedMilliseconds = endedMilliseconds
        self.expiresMilliseconds = expiresMilliseconds
    }
}

/// Ends of logins, which every process hears of.
extension Users {
    /// Ends one login; ending it again changes nothing.
    public func endSession(_ session: String, of user: UserID, expiresMilliseconds: Int64) async throws {
        try await pool.execute(Self.sessionEnd(session, user, expires: Double(expiresMilliseconds) / 1000))
    }

    /// Ends every login of a user; `nil` when there is no such user.
    ///
    /// - Returns: the version that new tokens carry.
    public func endSessions(of user: UserID) async throws -> Int? {
        try await pool.first(
            """
            WITH changed AS (
                UPDATE users SET token_version = token_version + 1, tokens_revoked_at = clock_timestamp()
                WHERE id = \(user) RETURNING id, token_version
            )
            SELECT token_version, pg_notify(\(ChangeChannel.tokens.rawValue), id::text) FROM changed
            """,
            as: Int.self
        )
    }

    /// The logins that ended after a time (milliseconds since 1970) and whose tokens have not expired.
    public func endedSessions(after milliseconds: Int64) async throws -> [EndedSession] {
        let time = Double(milliseconds) / 1000
        let rows = try await pool.query(
            """
            SELECT session_id, floor(extract(epoch FROM ended_at) * 1000)::bigint,
                   floor(extract(epoch FROM expires_at) * 1000)::bigint
            FROM ended_sessions WHERE ended_at > to_timestamp(\(time)) AND expires_at > now()
            """,
            as: (String, Int64, Int64).self
        )
        return rows.map { EndedSession(id: $0.0, endedMilliseconds: $0.1, expiresMilliseconds: $0.2) }
    }

    /// Rows whose time is over go with those that come, a few at a time.
    private static func sessionEnd(_ session: String, _ user: UserID, expires: Double) -> SQL {
        """
        WITH ended AS (
            INSERT INTO ended_sessions (session_id, user_id, expires_at)
            SELECT \(session), id, to_timestamp(\(expires)) FROM users WHERE id = \(user)
            ON CONFLICT (session_id) DO NOTHING RETURNING user_id
        ), expired AS (
            DELETE FROM ended_sessions WHERE session_id IN (
                SELECT session_id FROM ended_sessions WHERE expires_at < now()
                ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED
            )
        )
        SELECT pg_notify(\(ChangeChannel.tokens.rawValue), user_id::text) FROM ended
        """
    }
}
