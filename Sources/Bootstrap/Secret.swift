/// A value that must not reach a log, an error or a screen.
public struct Secret: Sendable, Equatable {
    /// The value itself, for the one place that needs it.
    public let revealed: String
    public init(_ value: String) { revealed = value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
}
