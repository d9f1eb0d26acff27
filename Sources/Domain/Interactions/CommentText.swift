/// What somebody says about a video.
public struct CommentText: Sendable, Equatable {
    /// How many characters, as a reader counts them, without spaces around.
    public static let length = 1...500

    public let rawValue: String

    public init(_ text: String) throws(InputRefusal) {
        rawValue = try ShortText(name: Phrase("comment", chinese: "评论"), length: Self.length).check(text)
    }
}
