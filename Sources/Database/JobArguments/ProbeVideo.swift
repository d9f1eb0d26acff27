public import Domain
public import Jobs

/// Look at an upload and decide whether it may become a video.
public struct ProbeVideo: JobArguments {
    // Written out, so that they stay the same when the type is renamed.
    public static let kind = "probe_video"
    public static let queue = "probe"
    public static let deadline: Duration = .seconds(60)

    public var videoID: VideoID

    public init(videoID: VideoID) { self.videoID = videoID }
}
