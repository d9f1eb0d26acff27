public import Database
public import Domain
import Foundation

/// Every playable video, newest first.
///
/// Times of publishing are unique and grow with the order of commits, so going
/// on before the time of the last one seen finds each video once, whatever is
/// published meanwhile.
public struct NewestFeed: Sendable {
    /// The most videos on one page.
    public static let pageLength = 30

    private let videos: Videos

    public init(_ videos: Videos) { self.videos = videos }

    public func page(from cursor: FeedCursor, viewer: UserID?) async throws -> FeedPage {
        let page = try await videos.newest(before: cursor.milliseconds, limit: Self.pageLength, viewer: viewer)
        // Nothing older: the same cursor again, so that asking on stays at the end. Where there is
        // nothing at all, the present, because the far future would not be a time to a client.
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        return FeedPage(videos: page, nextTime: page.last?.publishedMilliseconds ?? min(cursor.milliseconds, now))
    }
}
