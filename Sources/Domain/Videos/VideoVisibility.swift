/// Whether anybody but its author may see a video, apart from whether it is playable.
public enum VideoVisibility: String, Codable, Sendable, CaseIterable {
    case `public`
    /// Waits for a review.
    case held
    /// Taken out of sight by an operator.
    case hidden
}
