public import Domain

/// What a creator uploaded, and what has become of it.
public struct VideoSource: Sendable, Equatable {
    public var authorID: UserID
    /// Its key in the object store.
    public var key: String
    public var state: VideoState
    /// The pipeline definition that the creator named; `nil` for the deployment's own.
    public var pipeline: String?
    public var cover: CoverWish
    /// The folder of the media that viewers play now; `nil` until it is playable.
    public var mediaPrefix: String?
    /// Whether everything is made, or only what could be played first.
    public var isComplete: Bool

    /// Whether there is anything left to do for it.
    public var needsMedia: Bool { (state == .processing || state == .ready) && !isComplete }
}
