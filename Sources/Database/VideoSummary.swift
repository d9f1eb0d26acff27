public import Domain

/// One entry of a feed or of an author's list.
public struct VideoSummary: Sendable, Equatable {
    public var id: VideoID
    public var author: UserProfile
    public var title: String
    public var state: VideoState
    /// The folder of its media in the object store; `nil` until it is playable.
    public var mediaPrefix: String?
    /// When everyone could first see it, in milliseconds since 1970; `nil` until then.
    public var publishedMilliseconds: Int64?
    /// A sentence for the creator; `nil` unless processing failed.
    public var failureReason: String?

    public init(
        id: VideoID,
        author: UserProfile,
        title: String,
        state: VideoState,
        mediaPrefix: String? = nil,
        publishedMilliseconds: Int64? = nil,
        failureReason: String? = nil
    ) {
        self.id = id
        self.author = author
        self.title = title
        self.state = state
        self.mediaPrefix = mediaPrefix
        self.publishedMilliseconds = publishedMilliseconds
        self.failureReason = failureReason
    }
}
