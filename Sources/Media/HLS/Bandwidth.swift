import Domain
import Foundation

/// The bitrates of a rendition, measured over its segments.
enum Bandwidth {
    /// One segment as a player downloads it.
    struct Sample: Sendable, Equatable {
        var sizeBytes: Int
        var durationSeconds: Double
    }

    /// The mean, in bits per second.
    static func average(_ samples: [Sample]) -> Int { bitsPerSecond(samples[...]) }

    /// The peak, in bits per second.
    ///
    /// RFC 8216 defines it as the largest of any contiguous set of segments
    /// that lasts between 0.5 and 1.5 times the target duration, so that a last
    /// segment of a single keyframe does not count alone.
    static func peak(_ samples: [Sample], targetDuration: Int) -> Int {
        // In microseconds, as playlists write durations: a segment of just half the target counts for everybody.
        let range = 500_000 * Double(max(0, targetDuration))...1_500_000 * Double(max(0, targetDuration))
        var peak = 0
        for start in samples.indices {
            var duration = 0.0
            for end in start..<samples.count {
                duration += (samples[end].durationSeconds * 1_000_000).rounded()
                if duration > range.upperBound { break }
                if range.contains(duration) { peak = max(peak, bitsPerSecond(samples[start...end])) }
            }
        }
        return max(peak, average(samples))
    }

    private static func bitsPerSecond(_ samples: ArraySlice<Sample>) -> Int {
        let seconds = samples.reduce(0) { $0 + $1.durationSeconds }
        let bytes = samples.reduce(0.0) { $0 + Double($1.sizeBytes) }
        return seconds > 0 ? Int(saturating: (bytes * 8 / seconds).rounded(.up)) : 0
    }
}
