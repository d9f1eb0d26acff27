public import Domain

/// An upload whose bytes are in the object store.
public struct NewVideo: Sendable {
    public var id: VideoID
    public var authorID: UserID
    public var title: String
    /// `held` when the title waits for a review.
    public var visibility: VideoVisibility
    /// The key of the bytes in the object store.
    public var sourceKey: String
    public var sourceBytes: Int64
    /// SHA-256 of the bytes, 32 of them.
    public var sourceSHA256: [UInt8]
    /// The pipeline definition that the creator named; `nil` for the deployment's own.
    public var pipeline: String?
    public var cover: CoverWish

    public init(
        id: VideoID,
        authorID: UserID,
        title: String,
        visibility: VideoVisibility = .public,
        sourceKey: String,
        sourceBytes: Int64,
        sourceSHA256: [UInt8],
        pipeline: String? = nil,
        cover: CoverWish = .automatic
    ) {
        self.id = id
        self.authorID = authorID
        self.title = title
        self.visibility = visibility
        self.sourceKey = sourceKey
        self.sourceBytes = sourceBytes
        self.sourceSHA256 = sourceSHA256
        self.pipeline = pipeline
        self.cover = cover
    }
}
