/// How long a failed job waits for its next attempt.
public struct RetryPolicy: Sendable {
    /// What the first retry waits; each later one waits four times as long.
    public var firstDelay: Duration
    public var longestDelay: Duration
    /// The part by which a delay is lengthened or shortened at random, so that what failed together
    /// does not come back together.
    public var jitter: Double

    public init(firstDelay: Duration = .seconds(4), longestDelay: Duration = .seconds(3600), jitter: Double = 0.2) {
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.jitter = jitter
    }

    /// The delay after the given attempt, which is counted from 1.
    public func delay(afterAttempt attempt: Int) -> Duration {
        // Beyond 4^15 every sensible first delay has reached the longest one.
        let steps = min(max(attempt, 1) - 1, 15)
        let factor = (0..<steps).reduce(1) { product, _ in product * 4 }
        return min(firstDelay * factor, longestDelay) * Double.random(in: (1 - jitter)...(1 + jitter))
    }
}
