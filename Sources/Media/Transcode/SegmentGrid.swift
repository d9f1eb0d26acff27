/// The times at which segments start: the first picture at or after every multiple of the segment's length.
///
/// Where a source's packets are copied, only its own keyframes can start a
/// segment, and every other rendition starts them there, too.
struct SegmentGrid {
    /// Times come from whole ticks, so they may lie a rounding error below a multiple.
    static let tolerance = 1e-6

    private let seconds: Double
    private let starts: [Double]?
    private var next = 0.0
    private var index = 0

    init(seconds: Double) {
        self.seconds = seconds
        starts = nil
    }

    /// Segments start at these of a source's keyframes that `seconds` asks for.
    init(seconds: Double, keyframes: [Double]) {
        self.seconds = seconds
        starts = Self.starts(keyframes: keyframes, seconds: seconds)
    }

    /// The first keyframe at or after every multiple of the segment's length.
    static func starts(keyframes: [Double], seconds: Double) -> [Double] {
        var grid = SegmentGrid(seconds: seconds)
        return keyframes.filter { grid.starts(at: $0) }
    }

    /// Whether the picture at `time` starts a segment; to be asked in the order of times.
    mutating func starts(at time: Double) -> Bool {
        guard let starts else { return startsRegularly(at: time) }
        // Half a frame at 250 frames per second: two time bases may round the same time differently.
        let tolerance = 2e-3
        guard index < starts.count, index == 0 || time + tolerance >= starts[index] else { return false }
        index += 1
        return true
    }

    private mutating func startsRegularly(at time: Double) -> Bool {
        guard time + Self.tolerance >= next else { return false }
        next = (((time + Self.tolerance) / seconds).rounded(.down) + 1) * seconds
        return true
    }
}
