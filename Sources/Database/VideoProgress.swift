/// How far the encoding of a video is.
public struct VideoProgress: Sendable, Equatable {
    /// From 0 to 1.
    public var fraction: Double
    /// How long it will take from here on, in seconds, if it goes on as until now; `nil` while that cannot be said.
    public var secondsLeft: Double?

    /// `elapsed` is how long it has taken so far, in seconds.
    init(fraction: Double, elapsed: Double) {
        self.fraction = fraction
        // The first moments say nothing about the rest.
        secondsLeft = fraction > 0.02 ? elapsed * (1 - fraction) / fraction : nil
    }
}
