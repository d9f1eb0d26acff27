public import Domain
public import Jobs

/// Publish what can be played soonest: the source as it is, or a small encode, and a cover.
public struct FirstRendition: JobArguments {
    public static let kind = "first_rendition"
    public static let queue = "first"
    public static let deadline: Duration = .seconds(30 * 60)
    /// It is a favour to viewers: the whole package follows without it.
    public static let isOptional = true

    public var videoID: VideoID

    public init(videoID: VideoID) { self.videoID = videoID }
}
