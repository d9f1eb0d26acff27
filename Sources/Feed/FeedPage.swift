public import Database

/// One page of the feed, newest first.
public struct FeedPage: Sendable, Equatable {
    public let videos: [VideoSummary]
    /// The cursor of the page that follows, in milliseconds since 1970.
    public let nextTime: Int64
}
