/// Where a page of the feed begins: before a time of publishing.
public struct FeedCursor: Sendable, Equatable {
    /// Milliseconds since 1970; a page holds what was published before it.
    public let milliseconds: Int64

    /// Smaller times are seconds: as milliseconds they would lie before March 1973, as seconds up to the year 5138.
    private static let firstMilliseconds: Int64 = 100_000_000_000

    /// From the newest video on.
    public static let newest = FeedCursor(milliseconds: .max)

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// From a client's `latest_time`: milliseconds or seconds, with absent, 0 and less meaning the newest.
    ///
    /// Seconds mean the whole of that second: a client that counts in them and
    /// asks for what there is now must find what was published since the second began.
    public init(latestTime: Int64?) {
        guard let latestTime, latestTime > 0 else {
            self = .newest
            return
        }
        let isSeconds = latestTime < Self.firstMilliseconds
        milliseconds = isSeconds ? (latestTime + 1) * 1000 : latestTime
    }
}
