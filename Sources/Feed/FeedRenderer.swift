public import Database

/// Turns videos into what a feed hands out, once for all who ask.
public protocol FeedRenderer: Sendable {
    /// A video ready to be sent.
    associatedtype Video: Sendable
    /// The first page ready to be sent.
    associatedtype Page: Sendable

    func render(_ video: VideoSummary) -> Video
    func render(_ videos: [Video], nextTime: Int64) -> Page
}
