public import Domain

/// One video, as its page shows it: what it is, how far it is, and where its media are.
public struct VideoStatus: Sendable, Equatable {
    public var id: VideoID
    public var authorID: UserID
    public var title: String
    public var state: VideoState
    public var visibility: VideoVisibility
    /// A stable name and a sentence for the creator; `nil` unless processing failed.
    public var failure: Failure?
    /// The folder of its media in the object store; `nil` until it is playable.
    public var mediaPrefix: String?
    /// Of `play.mp4`, in pixels as shown and in seconds; `nil` until it is playable.
    public var width: Int?
    public var height: Int?
    public var durationSeconds: Double?
    /// A placeholder for the cover, in base64 (ThumbHash).
    public var thumbHash: String?
    public var renditions: [Rendition]
    /// Whether its media have an animated preview, and a storyboard: a pipeline may leave them out, and first renditions do.
    public var hasPreview: Bool
    public var hasStoryboard: Bool
    /// Milliseconds since 1970; `nil` until then.
    public var createdMilliseconds: Int64
    public var playableMilliseconds: Int64?
    public var completeMilliseconds: Int64?

    /// Why there will be no media.
    public struct Failure: Sendable, Equatable {
        public var code: String
        public var reason: String
    }
}
