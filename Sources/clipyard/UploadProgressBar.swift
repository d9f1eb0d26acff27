import Foundation
import Glibc
import Synchronization

/// Bytes, rate and time left of an upload, on one line of the terminal; silent when standard error is none.
final class UploadProgressBar: Sendable {
    private let start = ContinuousClock.now
    private let lastShown = Mutex(ContinuousClock.now - .seconds(1))
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private static let interval = Duration.milliseconds(100)

    func show(sent: Int64, of total: Int64) {
        guard isTerminal, total > 0, isDue() else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let rate = Double(sent) / max(elapsed, 0.001)
        let left = rate > 0 ? Double(total - sent) / rate : 0
        let line = String(
            format: "\r%3d %%  %.1f of %.1f MB  %.1f MB/s  %.0f s left ",
            Int(sent * 100 / total),
            Double(sent) / 1e6,
            Double(total) / 1e6,
            rate / 1e6,
            left
        )
        FileHandle.standardError.write(Data(line.utf8))
    }

    func finish() {
        if isTerminal { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    private func isDue() -> Bool {
        lastShown.withLock { last in
            guard ContinuousClock.now - last >= Self.interval else { return false }
            last = .now
            return true
        }
    }
}
