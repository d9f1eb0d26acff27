/// Identifies a user: a creator, a viewer or both.
public struct UserID: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

extension UserID: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}
