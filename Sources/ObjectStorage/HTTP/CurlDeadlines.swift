/// When a transfer is given up.
public struct CurlDeadlines: Sendable, Equatable {
    /// Seconds to connect within, name lookup and TLS included.
    public var connectSeconds: Int
    /// Seconds without a byte in either direction; waiting for the receiver of an answer does not count.
    public var stalledSeconds: Int
    /// Seconds for the whole transfer; 0 is without end.
    public var totalSeconds: Int

    public init(connectSeconds: Int = 10, stalledSeconds: Int = 60, totalSeconds: Int = 0) {
        self.connectSeconds = connectSeconds
        self.stalledSeconds = stalledSeconds
        self.totalSeconds = totalSeconds
    }
}
