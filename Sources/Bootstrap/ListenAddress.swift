/// A host and a port to listen on.
public struct ListenAddress: Sendable, Equatable {
    public let host: String
    public let port: Int

    /// Reads `host:port`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port)
        else { return nil }
        host = String(text[..<colon])
        self.port = port
    }
}
