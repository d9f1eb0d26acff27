public import Domain

/// A comment that was just added.
public struct NewComment: Sendable, Equatable {
    public var id: CommentID
    /// The day in the database's time zone, as `MM-DD`.
    public var createDate: String
}
