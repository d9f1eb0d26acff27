public import Domain

/// How a child's work ended.
public enum TaskReport: Codable, Sendable, Equatable {
    /// A `probe` accepted the file; a long video is to be encoded in these pieces, any other in one.
    case probed(MediaInfo, pieces: [TaskRequest.Window])
    /// A `first`, `transcode` or `assemble` filled its folder and verified it.
    case transcoded(MediaPackage)
    /// A `first` found that this video is better published once, with everything.
    case nothingFirst
    /// A `chunk` or `sound` filled its folder with these files.
    case encoded(files: [String])
    /// The file will never become a video.
    case refused(MediaRefusal)
    /// Something else went wrong; another attempt may help.
    case failed(message: String)
}
