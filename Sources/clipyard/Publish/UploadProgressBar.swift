import Foundation
import Glibc
import Synchronization

/// Bytes, rate and time left of an upload, on one line of the terminal.
///
/// Where standard error is none, only what goes wrong is told, a line a reason.
final class UploadProgressBar: Sendable {
    private struct State {
        var lastShown = ContinuousClock.now - .seconds(1)
        /// When and where this run began to send: what came before tells nothing about the rate.
        var start: (time: ContinuousClock.Instant, bytes: Int64)?
        var lastReason: String?
    }

    private static let interval = Duration.milliseconds(100)

    private let name: String
    private let total: Int64
    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(name: String, total: Int64) {
        self.name = name
        self.total = total
    }

    /// So many bytes of the whole are there, or on their way.
    func show(_ bytes: Int64) {
        guard isTerminal, total > 0, let rate = rate(at: bytes) else { return }
        let left = rate > 0 ? String(format: "%.0f s left", Double(total - bytes) / rate) : ""
        let line = String(
            format: "%3d %%  %.1f of %.1f MB  %.1f MB/s  %@",
            Int(bytes * 100 / total),
            Double(bytes) / 1e6,
            Double(total) / 1e6,
            rate / 1e6,
            left
        )
        write("\(name)  \(line)")
    }

    /// What happens before the first byte.
    func announce(_ step: String) { if isTerminal { write("\(name)  \(step)") } }

    /// Why nothing moves.
    func explain(_ reason: String) {
        let isNew = state.withLock { state in
            defer { state.lastReason = reason }
            state.start = nil
            return state.lastReason != reason
        }
        if isTerminal {
            write("\(name)  \(reason)")
        } else if isNew {
            FileHandle.standardError.write(Data("\(name): \(reason)\n".utf8))
        }
    }

    func finish() {
        if isTerminal { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    private func write(_ line: String) { FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8)) }

    /// Bytes a second since this run began to send; `nil` when it is too early to show anything but the end.
    private func rate(at bytes: Int64) -> Double? {
        state.withLock { state in
            let now = ContinuousClock.now
            let start = state.start ?? (now, bytes)
            state.start = start
            guard now - state.lastShown >= Self.interval || bytes == total else { return nil }
            state.lastShown = now
            return Double(bytes - start.bytes) / max((now - start.time) / .seconds(1), 0.001)
        }
    }
}
