import CFFmpeg
import Foundation
import Synchronization

/// What libav* and its encoders say while they work.
///
/// libav* has one log for the whole process. Nothing of it is printed unless
/// `isPrinted` was set; the last warning is kept for the next error.
public enum FFmpegLog {
    private struct State {
        var isPrinted = false
        var lastLine: String?
    }

    private static let state = Mutex(State())

    // Evaluated once, by the first object of this module that is made.
    private static let installed: Void = {
        av_log_set_callback { context, level, format, arguments in
            guard level <= AV_LOG_INFO, let format, let arguments else { return }
            FFmpegLog.record(level: level, FFmpegLog.line(context, level, format, arguments))
        }
        // SVT-AV1 prints its settings on standard error, past the callback, unless told to print errors only.
        setenv("SVT_LOG", "1", 0)
    }()

    /// Prints every line on standard error, for debugging.
    public static func printEverything() {
        install()
        state.withLock { $0.isPrinted = true }
    }

    /// Takes over the log from libav*, which otherwise prints it.
    static func install() { installed }

    /// The last warning or error since this was last asked.
    static func takeLastLine() -> String? {
        state.withLock { state in
            defer { state.lastLine = nil }
            return state.lastLine
        }
    }

    private static func record(level: Int32, _ line: String) {
        guard !line.isEmpty else { return }
        let isPrinted = state.withLock { state in
            if level <= AV_LOG_WARNING { state.lastLine = line }
            return state.isPrinted
        }
        if isPrinted { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
    }

    private static func line(
        _ context: UnsafeMutableRawPointer?,
        _ level: Int32,
        _ format: UnsafePointer<CChar>,
        _ arguments: CVaListPointer
    ) -> String {
        var buffer = [CChar](repeating: 0, count: 1024)
        var printsPrefix: Int32 = 1
        av_log_format_line(context, level, format, arguments, &buffer, Int32(buffer.count), &printsPrefix)
        let bytes = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
