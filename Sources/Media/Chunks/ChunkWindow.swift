/// A stretch of a video's time line, counted from its first picture.
///
/// It covers the pictures that are first shown at `startSeconds` or later, and before `endSeconds`.
public struct ChunkWindow: Codable, Sendable, Hashable {
    public var startSeconds: Double
    /// `nil` for the last stretch, which has no end.
    public var endSeconds: Double?

    public init(startSeconds: Double, endSeconds: Double?) {
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
    }

    /// Whether a picture that is first shown at `seconds` belongs here.
    func contains(_ seconds: Double) -> Bool {
        seconds + SegmentGrid.tolerance >= startSeconds && !isOver(at: seconds)
    }

    /// Whether a picture that is first shown at `seconds` is behind it.
    func isOver(at seconds: Double) -> Bool {
        // Times come from whole ticks, so they may lie a rounding error below a boundary.
        endSeconds.map { seconds + SegmentGrid.tolerance >= $0 } ?? false
    }
}
