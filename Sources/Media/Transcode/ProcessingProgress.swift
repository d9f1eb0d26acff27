/// How far the processing of one video is.
public struct ProcessingProgress: Sendable, Equatable {
    /// From 0 to 1, never less than before.
    public var fraction: Double
    /// Pictures per second that the largest rung takes; 0 when nothing is being encoded.
    public var framesPerSecond: Double

    public init(fraction: Double, framesPerSecond: Double = 0) {
        self.fraction = fraction
        self.framesPerSecond = framesPerSecond
    }
}
