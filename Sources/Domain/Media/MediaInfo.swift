/// What a probe found in a file.
public struct MediaInfo: Codable, Sendable, Equatable {
    /// The demuxer's short name, for example `mov,mp4,m4a,3gp,3g2,mj2`.
    public var container: String
    /// How long the file plays, in seconds.
    public var durationSeconds: Double
    /// The size of the file in bytes.
    public var sizeBytes: Int64
    /// The stream that will be shown.
    public var video: VideoStream
    /// The stream that will be heard; `nil` when the file is silent.
    public var audio: AudioStream?

    public init(
        container: String,
        durationSeconds: Double,
        sizeBytes: Int64,
        video: VideoStream,
        audio: AudioStream?
    ) {
        self.container = container
        self.durationSeconds = durationSeconds
        self.sizeBytes = sizeBytes
        self.video = video
        self.audio = audio
    }
}
