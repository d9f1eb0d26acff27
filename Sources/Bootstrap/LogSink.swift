import Foundation
import Synchronization

/// Writes lines to standard error, many at once where many come.
///
/// A server writes a line for every request. One call of the system for each
/// would cost a tenth of its time, so lines wait for a moment, except those
/// that somebody should read at once.
final class LogSink: Sendable {
    static let standardError = LogSink()

    private static let patience = DispatchTimeInterval.milliseconds(50)
    private static let maxWaitingBytes = 64 * 1024

    private let waiting = Mutex<[UInt8]>([])
    /// Keeps lines in order while they are written.
    private let output = DispatchQueue(label: "log")

    private init() { atexit { LogSink.standardError.flush() } }

    func write(_ line: String, isUrgent: Bool) {
        let count = waiting.withLock { waiting in
            let isFirst = waiting.isEmpty
            waiting.append(contentsOf: line.utf8)
            return (isFirst: isFirst, bytes: waiting.count)
        }
        if isUrgent || count.bytes > Self.maxWaitingBytes {
            flush()
        } else if count.isFirst {
            output.asyncAfter(deadline: .now() + Self.patience) { self.writeWaiting() }
        }
    }

    /// Returns once everything is written.
    func flush() { output.sync { writeWaiting() } }

    private func writeWaiting() {
        let bytes = waiting.withLock { waiting in
            defer { waiting.removeAll(keepingCapacity: true) }
            return Data(waiting)
        }
        // Nothing can be said about a log that cannot be written.
        if !bytes.isEmpty { try? FileHandle.standardError.write(contentsOf: bytes) }
    }
}
