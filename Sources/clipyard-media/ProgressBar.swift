import Domain
import Foundation
import Media
import Synchronization

/// Shows progress on standard error: a bar on a terminal, a line now and then otherwise.
final class ProgressBar: Sendable {
    private struct State {
        var latest = ProcessingProgress(fraction: 0)
        var isFinished = false
        var lastLine = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

    /// Runs `body`, which reports its progress, and draws meanwhile.
    func showing<Result>(_ body: (@escaping @Sendable (ProcessingProgress) -> Void) throws -> Result) throws -> Result {
        Thread.detachNewThread { [self] in drawUntilFinished() }
        defer { finish() }
        return try body { [self] progress in
            state.withLock { state in
                // Several threads report; the bar never goes back.
                if progress.fraction >= state.latest.fraction { state.latest = progress }
            }
        }
    }

    private func drawUntilFinished() {
        while !state.withLock({ $0.isFinished }) {
            Thread.sleep(forTimeInterval: 0.1)
            draw()
        }
    }

    private func draw() {
        state.withLock { state in
            guard !state.isFinished, state.latest.fraction > 0 else { return }
            if isTerminal {
                StandardError.write("\r\(bar(state.latest))\u{1B}[K")
            } else if ContinuousClock.now - state.lastLine > .seconds(5) {
                state.lastLine = .now
                StandardError.print(description(of: state.latest))
            }
        }
    }

    /// Takes the bar away, so that what follows starts on a clean line.
    private func finish() {
        state.withLock { state in
            state.isFinished = true
            if isTerminal { StandardError.write("\r\u{1B}[K") }
        }
    }

    private func bar(_ progress: ProcessingProgress) -> String {
        let width = 30
        let filled = max(0, min(width, Int(saturating: progress.fraction * Double(width))))
        let cells = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        return "[\(cells)] \(description(of: progress))"
    }

    private func description(of progress: ProcessingProgress) -> String {
        let percent = Int(saturating: progress.fraction * 100)
        let rate = Int(saturating: progress.framesPerSecond.rounded())
        guard let seconds = progress.secondsLeft else { return "\(percent) %, \(rate) frames/s" }
        let left = Int(saturating: seconds.rounded(.up))
        return "\(percent) %, \(rate) frames/s, \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
    }
}
