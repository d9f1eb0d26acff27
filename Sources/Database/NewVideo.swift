public import Domain

/// An upload whose bytes are in the object store.
public struct NewVideo: Sendable {
    public var id: VideoID
    public var authorID: UserID
    public var title: VideoTitle
    /// The key of the bytes in the object store.
    public var sourceKey: String
    public var sourceBytes: Int64
    /// SHA-256 of the bytes, 32 of them.
    public var sourceSHA256: [UInt8]

    public init(
        id: VideoID,
        authorID: UserID,
        title: VideoTitle,
        sourceKey: String,
        sourceBytes: Int64,
        sourceSHA256: [UInt8]
    ) {
        self.id = id
        self.authorID = authorID
        self.title = title
        self.sourceKey = sourceKey
        self.sourceBytes = sourceBytes
        self.sourceSHA256 = sourceSHA256
    }
}
