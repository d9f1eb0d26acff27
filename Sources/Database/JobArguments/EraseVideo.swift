public import Domain
public import Jobs

/// Delete every object that a removed video ever had, then what the database still says of it.
public struct EraseVideo: JobArguments {
    public static let kind = "erase_video"
    public static let queue = "upkeep"
    public static let deadline: Duration = .seconds(30 * 60)
    /// A store that is away comes back; what was promised to be deleted must not stay for that.
    public static let maxAttempts = 100

    public var videoID: VideoID

    public init(videoID: VideoID) { self.videoID = videoID }
}
