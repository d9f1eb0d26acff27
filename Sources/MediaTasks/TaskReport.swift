public import Domain

/// How a child's work ended.
public enum TaskReport: Codable, Sendable, Equatable {
    /// A `probe` accepted the file.
    case probed(MediaInfo)
    /// A `transcode` filled its folder and verified it.
    case transcoded(MediaPackage)
    /// The file will never become a video.
    case refused(MediaRefusal)
    /// Something else went wrong; another attempt may help.
    case failed(message: String)
}
