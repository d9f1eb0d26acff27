/// What a creator calls a video.
public struct VideoTitle: Sendable, Equatable {
    /// How many characters, as a reader counts them, without spaces around.
    public static let length = 1...200
    static let maxBytes = 4096

    public let rawValue: String

    public init(_ text: String) throws(InputRefusal) {
        let trimmed = text.trimmed
        guard Self.length.contains(trimmed.count), trimmed.utf8.count <= Self.maxBytes else {
            throw InputRefusal("The title must have 1 to 200 characters; this one has \(trimmed.count).")
        }
        guard !trimmed.unicodeScalars.contains("\0") else {
            throw InputRefusal("The title must not contain a NUL character.")
        }
        rawValue = trimmed
    }
}

extension VideoTitle: CustomStringConvertible {
    public var description: String { rawValue }
}

extension String {
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { String(start[...$0]) } ?? ""
    }
}
