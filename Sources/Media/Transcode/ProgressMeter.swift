import Synchronization

/// Turns the frames that the largest rung takes into progress.
final class ProgressMeter: Sendable {
    /// Verifying the package takes the rest.
    private static let encodingShare = 0.97

    private let durationSeconds: Double
    private let report: @Sendable (ProcessingProgress) -> Void
    private let start = ContinuousClock.now
    private let frames = Mutex(0)

    init(durationSeconds: Double, report: @escaping @Sendable (ProcessingProgress) -> Void) {
        self.durationSeconds = max(durationSeconds, 0.001)
        self.report = report
    }

    /// Called for every frame, in order.
    func noteFrame(at seconds: Double) {
        let count = frames.withLock { count in
            count += 1
            return count
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        report(
            ProcessingProgress(
                fraction: Self.encodingShare * min(1, seconds / durationSeconds),
                framesPerSecond: elapsed > 0 ? Double(count) / elapsed : 0
            )
        )
    }
}
