/// What one user writes to another.
public struct MessageText: Sendable, Equatable {
    /// How many characters, as a reader counts them, without spaces around.
    public static let length = 1...1000

    public let rawValue: String

    public init(_ text: String) throws(InputRefusal) {
        rawValue = try ShortText(name: Phrase("message", chinese: "消息"), length: Self.length).check(text)
    }
}
