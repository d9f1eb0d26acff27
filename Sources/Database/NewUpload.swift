public import Domain

/// An upload before its first byte.
public struct NewUpload: Sendable {
    public var id: String
    public var authorID: UserID
    public var kind: UploadKind
    /// The video that it will become; `nil` of a partial one.
    public var videoID: VideoID?
    /// `nil` when the client does not know it yet.
    public var lengthBytes: Int64?
    public var metadata: UploadMetadata
    /// SHA-256 of the whole as the client announced it, 32 bytes.
    public var announcedSHA256: [UInt8]?

    public init(
        id: String,
        authorID: UserID,
        kind: UploadKind,
        videoID: VideoID?,
        lengthBytes: Int64?,
        metadata: UploadMetadata = UploadMetadata(),
        announcedSHA256: [UInt8]? = nil
    ) {
        self.id = id
        self.authorID = authorID
        self.kind = kind
        self.videoID = videoID
        self.lengthBytes = lengthBytes
        self.metadata = metadata
        self.announcedSHA256 = announcedSHA256
    }
}

public enum UploadKind: String, Sendable {
    /// Becomes a video.
    case whole
    /// Becomes a part of a `final` one.
    case partial
    /// Becomes a video, out of several `partial` ones.
    case final
    /// Becomes a video, and comes in one request that cannot be resumed.
    case form
}

/// What a client says about an upload.
public struct UploadMetadata: Codable, Sendable, Equatable {
    /// As it is shown, after the word filter.
    public var title: String?
    /// Whether the title waits for a review.
    public var isHeld: Bool?
    /// The pipeline definition that the creator named.
    public var pipeline: String?
    /// The time of the picture that becomes the cover.
    public var coverSeconds: Double?
    /// Whether an image of the creator's own will follow.
    public var awaitsCover: Bool?
    /// The client's own words (`Upload-Metadata`), which it is told again when it asks.
    public var header: String?
    /// The `partial` uploads that a `final` one is made of.
    public var parts: [String]?

    public init() {}
}
