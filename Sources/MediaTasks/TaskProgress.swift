/// How far a child is.
public struct TaskProgress: Codable, Sendable, Equatable {
    /// From 0 to 1, never less than before.
    public var fraction: Double
    /// Encoded frames per second of the largest rung; 0 when nothing is being encoded.
    public var framesPerSecond: Double

    public init(fraction: Double, framesPerSecond: Double = 0) {
        self.fraction = fraction
        self.framesPerSecond = framesPerSecond
    }
}
