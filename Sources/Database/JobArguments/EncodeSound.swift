public import Domain
public import Jobs

/// Encode the sound of a long video, once for all its pieces.
public struct EncodeSound: JobArguments {
    public static let kind = "encode_sound"
    public static let queue = TranscodeVideo.queue
    public static let deadline: Duration = .seconds(60 * 60)

    public var videoID: VideoID

    public init(videoID: VideoID) { self.videoID = videoID }
}
