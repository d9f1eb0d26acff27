public import Domain
public import Jobs

/// Make everything that viewers play of the pieces of a long video.
public struct AssembleVideo: JobArguments {
    public static let kind = "assemble_video"
    public static let queue = TranscodeVideo.queue
    public static let deadline: Duration = .seconds(60 * 60)

    public var videoID: VideoID
    /// How many pieces there are.
    public var chunkCount: Int

    public init(videoID: VideoID, chunkCount: Int) {
        self.videoID = videoID
        self.chunkCount = chunkCount
    }
}
