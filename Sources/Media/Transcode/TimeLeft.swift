/// Estimates how long work will still take, from how far it was at what times.
///
/// Recent speed counts more than old, but not so much that the estimate jumps.
struct TimeLeft {
    /// How long a change of speed takes to count by about two thirds, in seconds.
    private static let memory = 10.0
    /// Speeds measured over less time are noise.
    private static let shortestInterval = 0.5

    private var speed: Double?
    private var last: (fraction: Double, seconds: Double) = (0, 0)

    /// The seconds left when `fraction` is done `seconds` after the start; `nil` while there is too little to go by.
    mutating func estimate(fraction: Double, seconds: Double) -> Double? {
        let elapsed = seconds - last.seconds
        if elapsed >= Self.shortestInterval, fraction > last.fraction {
            let current = (fraction - last.fraction) / elapsed
            let weight = min(1, elapsed / Self.memory)
            speed = speed.map { $0 + (current - $0) * weight } ?? current
            last = (fraction, seconds)
        }
        return speed.map { max(0, 1 - fraction) / $0 }
    }
}
