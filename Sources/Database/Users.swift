public import Domain
public import Postgres

/// Accounts.
public struct Users: Sendable {
    private let session: any DatabaseSession

    public init(_ session: any DatabaseSession) { self.session = session }

    /// Opens an account; `nil` when the name is taken.
    public func create(_ name: Username, passwordHash: String) async throws -> UserID? {
        try await session.first(Self.userInsert(name, passwordHash: passwordHash), as: UserID.self)
    }

    /// Whose name this is, and what their password is checked against.
    public func findCredentials(_ name: Username) async throws -> (id: UserID, passwordHash: String)? {
        try await session.first(Self.userCredentials(name), as: (UserID, String).self)
            .map { (id: $0.0, passwordHash: $0.1) }
    }

    /// What `viewer` is shown of a user; `nil` when there is none.
    public func find(_ id: UserID, viewer: UserID?) async throws -> UserProfile? {
        try await session.first(Self.userProfile(id, viewer: viewer), as: (UserID, String, String, Int64).self)
            .map { UserProfile(id: $0.0, name: $0.1, signature: $0.2, workCount: $0.3) }
    }

    // Two people who register one name at once: the second waits for the first to commit and then gets no row.
    private static func userInsert(_ name: Username, passwordHash: String) -> SQL {
        """
        INSERT INTO users (name, name_key, password_hash)
        VALUES (normalize(\(name.rawValue)::text, NFC), normalize(\(name.caseFolded)::text, NFC), \(passwordHash))
        ON CONFLICT ON CONSTRAINT users_names_are_unique DO NOTHING
        RETURNING id
        """
    }

    private static func userCredentials(_ name: Username) -> SQL {
        "SELECT id, password_hash FROM users WHERE name_key = normalize(\(name.caseFolded)::text, NFC)"
    }

    private static func userProfile(_ id: UserID, viewer: UserID?) -> SQL {
        """
        SELECT id, name, signature, CASE WHEN id = \(viewer as UserID?) THEN upload_count ELSE ready_count END
        FROM users WHERE id = \(id)
        """
    }
}
