public import Domain
public import Postgres

/// A text that waits for a review.
public struct HeldText: Sendable, Equatable {
    /// Whose text it is; for names and signatures the id is the user's.
    public enum Kind: String, Sendable, CaseIterable, PostgresDecodable {
        case video, comment, message, name, signature
    }

    public var kind: Kind
    public var id: Int64
    public var authorID: UserID
    public var text: String
}
