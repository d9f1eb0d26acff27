/// What can happen to a video.
///
/// `uploading → processing → ready` or `failed`, and `removed`.
public enum VideoState: String, Codable, Sendable, CaseIterable {
    /// Bytes are arriving.
    case uploading
    /// The bytes are stored and a job is queued or running.
    case processing
    /// Playable: in the feed and in everyone's lists.
    case ready
    /// Refused or given up. The creator sees the reason.
    case failed
    /// Taken down by its creator or an operator.
    case removed
}
