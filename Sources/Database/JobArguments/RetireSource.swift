public import Domain
public import Jobs

/// Delete what a creator uploaded, once the video has been complete, or failed, for long enough.
public struct RetireSource: JobArguments {
    public static let kind = "retire_source"
    public static let queue = "upkeep"
    public static let deadline: Duration = .seconds(10 * 60)

    public var videoID: VideoID

    public init(videoID: VideoID) { self.videoID = videoID }
}
