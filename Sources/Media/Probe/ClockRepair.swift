import FFmpeg

/// Makes one timeline of a broadcast whose clock starts again, as when two recordings are joined byte by byte.
///
/// The streams of a transport stream do not cross such a place at the same
/// packet, so each keeps its clock until its own times jump, and then takes
/// over the correction that the first one found.
struct ClockRepair {
    /// What is known of one stream, in seconds.
    private struct Progress {
        var correction: Int
        var lastTime: Double
        /// When the next packet is due, after correction.
        var expected: Double
    }

    /// How far times may lie behind the ones before, which is mere disorder.
    private static let maxDisorder = 0.5
    /// How long nothing may come before it is a jump; FFmpeg's own limit.
    private static let maxGap = 10.0

    /// What was added to times after each jump, in seconds.
    private var corrections = [0.0]
    private var progress: [Int: Progress] = [:]

    /// Moves the packet's times to the one timeline.
    mutating func apply(to packet: borrowing Packet, timeBase: Rational) {
        guard let time = packet.dts ?? packet.pts else { return }
        let seconds = Double(time) * timeBase.doubleValue
        let duration = Double(max(0, packet.duration)) * timeBase.doubleValue
        var stream = progress[packet.streamIndex] ?? Progress(correction: 0, lastTime: seconds, expected: seconds)
        if seconds < stream.lastTime - Self.maxDisorder || seconds > stream.lastTime + Self.maxGap {
            if stream.correction == corrections.count - 1 { corrections.append(stream.expected - seconds) }
            stream.correction = corrections.count - 1
        }
        let correction = corrections[stream.correction]
        stream.lastTime = seconds
        stream.expected = seconds + correction + duration
        progress[packet.streamIndex] = stream
        guard correction != 0 else { return }
        let units = timeBase.units(seconds: correction)
        packet.pts = packet.pts.map { $0 + units }
        packet.dts = packet.dts.map { $0 + units }
    }
}
