/// Identifies a video.
public struct VideoID: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

extension VideoID: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}
