/// Identifies a comment.
public struct CommentID: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

extension CommentID: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}
