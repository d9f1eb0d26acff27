public import Domain

/// A comment with whoever wrote it.
public struct VideoComment: Sendable, Equatable {
    public var id: CommentID
    public var author: UserProfile
    public var text: String
    /// The day in the database's time zone, as `MM-DD`.
    public var createDate: String

    public init(id: CommentID, author: UserProfile, text: String, createDate: String) {
        self.id = id
        self.author = author
        self.text = text
        self.createDate = createDate
    }
}
