public import Logging

/// Where log lines go: standard error, one line each.
public enum Log {
    /// Makes a program's logger.
    public static func make(_ label: String, level: LogLevel) -> Logger {
        var logger = Logger(label: label) { LineLogHandler(label: $0) }
        logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
        return logger
    }

    /// Returns once every line is written, as before another program takes this process over.
    public static func flush() { LogSink.standardError.flush() }
}
