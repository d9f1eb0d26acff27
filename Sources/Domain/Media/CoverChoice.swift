/// What the cover of a video shows.
public enum CoverChoice: Codable, Sendable, Equatable {
    /// The best of several pictures of the video.
    case automatic
    /// The picture that is shown this long after the start.
    case at(seconds: Double)
    /// An image file that the creator uploaded: JPEG, PNG or WebP.
    case image(path: String)
}
