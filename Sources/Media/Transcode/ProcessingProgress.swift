/// How far the processing of one video is.
public struct ProcessingProgress: Sendable, Equatable {
    /// From 0 to 1, never less than before.
    public var fraction: Double
    /// Pictures per second that the largest rung puts out; 0 when nothing is being encoded.
    public var framesPerSecond: Double
    /// An estimate; `nil` while there is too little to go by.
    public var secondsLeft: Double?

    public init(fraction: Double, framesPerSecond: Double = 0, secondsLeft: Double? = nil) {
        self.fraction = fraction
        self.framesPerSecond = framesPerSecond
        self.secondsLeft = secondsLeft
    }
}
