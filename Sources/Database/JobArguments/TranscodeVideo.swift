public import Domain
public import Jobs

/// Make everything that viewers play.
public struct TranscodeVideo: JobArguments {
    // Written out, so that they stay the same when the type is renamed.
    public static let kind = "transcode_video"
    public static let queue = "transcode"
    public static let deadline: Duration = .seconds(2 * 60 * 60)

    public var videoID: VideoID

    public init(videoID: VideoID) { self.videoID = videoID }
}
