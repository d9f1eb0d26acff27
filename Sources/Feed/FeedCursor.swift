import Domain

/// Where a page of the feed begins: before a time of publishing.
public struct FeedCursor: Sendable, Equatable {
    /// The most videos on one page.
    public static let pageLength = 30

    /// Milliseconds since 1970; a page holds what was published before it.
    public let milliseconds: Int64

    /// From the newest video on.
    public static let newest = FeedCursor(milliseconds: .max)

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// From a client's `latest_time`: milliseconds or seconds, with absent, 0 and less meaning the newest.
    ///
    /// Seconds mean the whole of that second: a client that counts in them and
    /// asks for what there is now must find what was published since the second began.
    public init(latestTime: Int64?) {
        guard let time = ClientTime(latestTime) else {
            self = .newest
            return
        }
        milliseconds = time.isInSeconds ? time.milliseconds + 1000 : time.milliseconds
    }
}
