/// What users say about themselves; it may be empty.
public struct Signature: Sendable, Equatable {
    /// How many characters, as a reader counts them, without spaces around.
    public static let length = 0...100

    public let rawValue: String

    public init(_ text: String) throws(InputRefusal) {
        rawValue = try ShortText(name: Phrase("signature", chinese: "签名"), length: Self.length).check(text)
    }
}
