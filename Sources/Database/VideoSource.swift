public import Domain

/// What a creator uploaded, and what has become of it.
public struct VideoSource: Sendable, Equatable {
    public var authorID: UserID
    /// Its key in the object store.
    public var key: String
    public var state: VideoState
}
