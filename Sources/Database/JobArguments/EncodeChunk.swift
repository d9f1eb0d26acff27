public import Domain
public import Jobs

/// Encode the pictures of one piece of a long video.
public struct EncodeChunk: JobArguments {
    public static let kind = "encode_chunk"
    public static let queue = TranscodeVideo.queue
    public static let deadline: Duration = .seconds(60 * 60)

    public var videoID: VideoID
    /// Counted from 0.
    public var number: Int
    /// When the piece starts and ends, in seconds; the last one ends with the video.
    public var startSeconds: Double
    public var endSeconds: Double?

    public init(videoID: VideoID, number: Int, startSeconds: Double, endSeconds: Double?) {
        self.videoID = videoID
        self.number = number
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
    }
}
