/// Everything that one transcode leaves behind, verified.
public struct MediaPackage: Codable, Sendable, Equatable {
    /// One file of the package.
    public struct File: Codable, Sendable, Equatable {
        /// The path below the package's folder, with `/` between its parts, for example `hls/720/init.mp4`.
        public var path: String
        /// The size in bytes.
        public var sizeBytes: Int64

        public init(path: String, sizeBytes: Int64) {
            self.path = path
            self.sizeBytes = sizeBytes
        }
    }

    /// Size of `play.mp4` in pixels, as shown.
    public var width: Int
    public var height: Int
    /// How long `play.mp4` plays, in seconds.
    public var durationSeconds: Double
    /// The HLS renditions, largest first.
    public var renditions: [Rendition]
    /// Every file, `play.mp4`, `cover.jpg` and `hls/master.m3u8` among them.
    public var files: [File]
    /// A placeholder of about 25 bytes for the cover, in base64 (ThumbHash).
    public var thumbHash: String?

    public init(
        width: Int,
        height: Int,
        durationSeconds: Double,
        renditions: [Rendition],
        files: [File],
        thumbHash: String? = nil
    ) {
        self.width = width
        self.height = height
        self.durationSeconds = durationSeconds
        self.renditions = renditions
        self.files = files
        self.thumbHash = thumbHash
    }
}
