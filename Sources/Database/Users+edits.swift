public import Domain
import Postgres

extension Users {
    /// Keeps the same password under another hash, unless it has changed meanwhile.
    public func rehash(_ id: UserID, from old: String, to new: String) async throws {
        try await pool.execute(
            "UPDATE users SET password_hash = \(new) WHERE id = \(id) AND password_hash = \(old)"
        )
    }

    /// Changes the password and revokes every token; `nil` when the password has changed meanwhile.
    ///
    /// - Returns: the version that new tokens carry.
    public func changePassword(_ id: UserID, from old: String, to new: String) async throws -> Int? {
        // The announcement is part of the statement, and so of its transaction.
        try await pool.first(
            """
            WITH changed AS (
                UPDATE users
                SET password_hash = \(new), token_version = token_version + 1, tokens_revoked_at = clock_timestamp()
                WHERE id = \(id) AND password_hash = \(old)
                RETURNING id, token_version
            )
            SELECT token_version, pg_notify(\(ChangeChannel.tokens.rawValue), id::text) FROM changed
            """,
            as: Int.self
        )
    }

    /// The versions that the tokens of users must have at least, where it grew within `seconds`.
    public func revocations(withinSeconds seconds: Int64) async throws -> [UserID: Int] {
        // now(), as an index is not entered at a clock_timestamp(), which changes while the statement runs.
        let rows = try await pool.query(
            """
            SELECT id, token_version FROM users
            WHERE tokens_revoked_at > now() - \(seconds) * interval '1 second'
            """,
            as: (UserID, Int).self
        )
        return Dictionary(rows.map { ($0.0, $0.1) }) { $1 }
    }

    /// Sets what users say about themselves.
    ///
    /// Others see `signature` from now on; `nil` leaves that as it is. `held` is what waits for a review; `nil` if
    /// nothing does any more.
    public func setSignature(_ id: UserID, to signature: String?, held: String? = nil) async throws {
        try await pool.execute(
            """
            WITH edited AS (
                UPDATE users
                SET signature = coalesce(\(signature as String?), signature), held_signature = \(held as String?)
                WHERE id = \(id) RETURNING id
            )
            SELECT pg_notify(\(ChangeChannel.users.rawValue), id::text) FROM edited
            """
        )
    }

    /// Sets the key of a picture in the object store; `nil` when there is no such user.
    ///
    /// - Returns: the key before, whose object nobody needs any more.
    public func setPicture(_ picture: UserPicture, of id: UserID, key: String?) async throws -> String?? {
        let column = SQL(verbatim: "\(picture.rawValue)_key")
        let edit: SQL = """
            WITH old AS (
                SELECT id, \(column) AS key FROM users WHERE id = \(id) FOR NO KEY UPDATE
            ), edited AS (
                UPDATE users SET \(column) = \(key as String?) FROM old WHERE users.id = old.id
                RETURNING users.id, old.key
            )
            SELECT key, pg_notify(\(ChangeChannel.users.rawValue), id::text) FROM edited
            """
        return try await pool.first(edit, as: String?.self)
    }
}
