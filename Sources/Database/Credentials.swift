public import Domain

/// What a login is checked against.
public struct Credentials: Sendable, Equatable {
    public var id: UserID
    /// In Argon2's own text form.
    public var passwordHash: String
    /// How often the user's tokens have been revoked; a token carries it.
    public var tokenVersion: Int

    init(_ row: (UserID, String, Int)) {
        id = row.0
        passwordHash = row.1
        tokenVersion = row.2
    }
}
