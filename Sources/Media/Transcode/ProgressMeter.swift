import Synchronization

/// Turns what the encoders of all rungs have put out into progress: as far as the slowest is.
final class ProgressMeter: Sendable {
    private struct State {
        /// How far each rung is, in seconds of the video.
        var times: [Double]
        var frames = 0
        var timeLeft = TimeLeft()
    }

    /// Verifying the package takes the rest.
    private static let encodingShare = 0.97

    private let durationSeconds: Double
    private let report: @Sendable (ProcessingProgress) -> Void
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    init(durationSeconds: Double, rungs: Int = 1, report: @escaping @Sendable (ProcessingProgress) -> Void) {
        self.durationSeconds = max(durationSeconds, 0.001)
        self.report = report
        state = Mutex(State(times: Array(repeating: 0, count: max(1, rungs))))
    }

    /// Called for every picture that a rung is done with.
    func noteFrame(at seconds: Double, rung: Int = 0) {
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let progress = state.withLock { state in
            state.times[rung] = max(state.times[rung], seconds)
            if rung == 0 { state.frames += 1 }
            let slowest = state.times.min() ?? 0
            let fraction = Self.encodingShare * min(1, slowest / durationSeconds)
            return ProcessingProgress(
                fraction: fraction,
                framesPerSecond: elapsed > 0 ? Double(state.frames) / elapsed : 0,
                secondsLeft: state.timeLeft.estimate(fraction: fraction, seconds: elapsed)
            )
        }
        report(progress)
    }
}
