/// What a creator calls a video.
public struct VideoTitle: Sendable, Equatable {
    /// How many characters, as a reader counts them, without spaces around.
    public static let length = 1...200

    public let rawValue: String

    public init(_ text: String) throws(InputRefusal) {
        rawValue = try ShortText(name: Phrase("title", chinese: "标题"), length: Self.length).check(text)
    }
}

extension VideoTitle: CustomStringConvertible {
    public var description: String { rawValue }
}
