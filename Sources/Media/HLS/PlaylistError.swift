/// Why a text is no playlist by RFC 8216.
public struct PlaylistError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Counted from 1; `nil` when something is missing.
    public var line: Int?
    public var message: String

    init(line: Int? = nil, _ message: String) {
        self.line = line
        self.message = message
    }

    public var description: String { line.map { "line \($0) \(message)" } ?? message }
}
