/// The times at which segments start: the first picture at or after every multiple of the segment's length.
struct SegmentGrid {
    /// Times come from whole ticks, so they may lie a rounding error below a multiple.
    static let tolerance = 1e-6

    private let seconds: Double
    private var next = 0.0

    init(seconds: Double) { self.seconds = seconds }

    /// Whether the picture at `time` starts a segment; to be asked in the order of times.
    mutating func starts(at time: Double) -> Bool {
        guard time + Self.tolerance >= next else { return false }
        next = (((time + Self.tolerance) / seconds).rounded(.down) + 1) * seconds
        return true
    }
}
