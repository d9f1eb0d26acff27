/// One page of the feed, newest first.
public struct FeedPage<Video: Sendable>: Sendable {
    public let videos: [Video]
    /// The cursor of the page that follows, in milliseconds since 1970.
    public let nextTime: Int64
}

extension FeedPage: Equatable where Video: Equatable {}
