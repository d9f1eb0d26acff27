import Foundation
import Logging
import Synchronization

/// One line for each event: time (UTC), level, label, message, and facts as `key=value`.
struct LineLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    private let label: String
    /// In bytes.
    private static let usualLength = 256

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = ""
        line.reserveCapacity(Self.usualLength)
        line += "\(LogClock.shared.text()) \(event.level) \(label): \(event.message)"
        let facts = event.metadata.map { metadata.isEmpty ? $0 : metadata.merging($0) { $1 } } ?? metadata
        for (key, value) in facts.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        line += "\n"
        LogSink.standardError.write(line, isUrgent: event.level >= .warning)
    }
}

/// The time as log lines say it; its text is made once a second.
private final class LogClock: Sendable {
    static let shared = LogClock()

    private let last = Mutex((second: Int64.min, text: ""))

    func text() -> String {
        let now = Date().timeIntervalSince1970
        let second = Int64(now)
        let prefix = last.withLock { last in
            if last.second != second {
                let date = Date(timeIntervalSince1970: Double(second))
                last = (second, String(date.formatted(.iso8601).dropLast()))
            }
            return last.text
        }
        let milliseconds = Int64((now - Double(second)) * 1000)
        return "\(prefix).\(milliseconds < 100 ? milliseconds < 10 ? "00" : "0" : "")\(milliseconds)Z"
    }
}
