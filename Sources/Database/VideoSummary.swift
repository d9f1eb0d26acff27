public import Domain

/// One entry of a feed or of an author's list.
public struct VideoSummary: Sendable, Equatable {
    public var id: VideoID
    public var author: UserProfile
    public var title: String
    public var state: VideoState
    public var visibility: VideoVisibility
    /// The folder of its media in the object store; `nil` until it is playable.
    public var mediaPrefix: String?
    /// When everyone could first see it, in milliseconds since 1970; `nil` until then.
    public var publishedMilliseconds: Int64?
    /// A sentence for the creator; `nil` unless processing failed.
    public var failureReason: String?
    public var favoriteCount: Int64
    public var commentCount: Int64
    /// Whether the viewer likes it.
    public var isFavorite: Bool

    public init(
        id: VideoID,
        author: UserProfile,
        title: String,
        state: VideoState,
        visibility: VideoVisibility = .public,
        mediaPrefix: String? = nil,
        publishedMilliseconds: Int64? = nil,
        failureReason: String? = nil,
        favoriteCount: Int64 = 0,
        commentCount: Int64 = 0,
        isFavorite: Bool = false
    ) {
        self.id = id
        self.author = author
        self.title = title
        self.state = state
        self.visibility = visibility
        self.mediaPrefix = mediaPrefix
        self.publishedMilliseconds = publishedMilliseconds
        self.failureReason = failureReason
        self.favoriteCount = favoriteCount
        self.commentCount = commentCount
        self.isFavorite = isFavorite
    }
}
