public import Domain
public import Postgres

/// Accounts.
public struct Users: Sendable {
    let pool: DatabasePool

    public init(_ pool: DatabasePool) { self.pool = pool }

    /// Opens an account; `nil` when the name is taken, or looks like one that is.
    ///
    /// The user logs in with `name`; others see `shownName` if that differs, as a name with words masked. If it
    /// `isHeld`, `name` takes its place once it has been reviewed. `passwordHash` is in Argon2's own text form.
    public func create(
        _ name: Username,
        shownName: String? = nil,
        isHeld: Bool = false,
        passwordHash: String
    ) async throws -> UserID? {
        let insert = Self.userInsert(name, shownName ?? name.rawValue, isHeld ? name.rawValue : nil, passwordHash)
        return try await pool.first(insert, as: UserID.self)
    }

    /// Whose name this is, and what their password is checked against.
    public func findCredentials(_ name: Username) async throws -> Credentials? {
        try await pool.first(Self.userCredentials(name), as: (UserID, String, Int).self).map(Credentials.init)
    }

    /// What a user's password is checked against.
    public func findCredentials(of id: UserID) async throws -> Credentials? {
        try await pool.first(Self.userCredentials(of: id), as: (UserID, String, Int).self).map(Credentials.init)
    }

    /// What `viewer` is shown of a user; `nil` when there is none.
    public func find(_ id: UserID, viewer: UserID?) async throws -> UserProfile? {
        guard let row = try await pool.shared.query(Self.userProfile(id, viewer: viewer)).first else { return nil }
        var reader = RowReader(row)
        return try UserProfile(&reader)
    }

    /// Whether there is such a user.
    public func exists(_ id: UserID) async throws -> Bool {
        try await pool.shared.first("SELECT EXISTS (SELECT FROM users WHERE id = \(id))", as: Bool.self) ?? false
    }

    // Two people who register one name at once: the second waits for the first to commit and then gets no row.
    private static func userInsert(_ name: Username, _ shown: String, _ held: String?, _ passwordHash: String) -> SQL {
        """
        INSERT INTO users (name, name_key, held_name, password_hash, skeleton, folded_skeleton)
        VALUES (normalize(\(shown)::text, NFC), normalize(\(name.caseFolded)::text, NFC),
                normalize(\(held as String?)::text, NFC), \(passwordHash),
                name_skeleton(\(name.rawValue)::text), name_skeleton(\(name.caseFolded)::text))
        -- Whichever is not unique: the name or what it looks like.
        ON CONFLICT DO NOTHING
        RETURNING id
        """
    }

    private static func userCredentials(_ name: Username) -> SQL {
        "SELECT id, password_hash, token_version FROM users WHERE name_key = normalize(\(name.caseFolded)::text, NFC)"
    }

    private static func userCredentials(of id: UserID) -> SQL {
        "SELECT id, password_hash, token_version FROM users WHERE id = \(id)"
    }

    private static func userProfile(_ id: UserID, viewer: UserID?) -> SQL {
        "SELECT \(UserProfile.columns("profile", viewer: viewer)) FROM counted_users AS profile WHERE id = \(id)"
    }
}
