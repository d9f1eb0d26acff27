import CFFmpeg

/// An error returned by a libav* function.
///
/// It names what was being done and to which file, and carries the last thing
/// that libav* logged about it, so that one log line is enough to act on.
public struct FFmpegError: Error, Sendable, Equatable {
    /// What libav* says went wrong, as far as callers tell it apart.
    public enum Reason: Sendable, Equatable {
        /// The data breaks its format's rules.
        case invalidData
        /// No demuxer, decoder or encoder of that name or kind is there or allowed.
        case notFound
        /// An interrupt callback ended the call: its deadline passed.
        case interrupted
        /// An option that libav* does not know.
        case unknownOption
        /// Anything else; `code` tells more.
        case other
    }

    /// The libav* return value, always negative.
    public let code: Int32
    /// What the caller was doing, for example `open input`.
    public let operation: String
    /// The file or filter text involved, if any.
    public let subject: String?
    /// The last warning or error that libav* logged before it returned.
    public let logLine: String?

    init(_ code: Int32, operation: String, subject: String? = nil) {
        self.code = code
        self.operation = operation
        self.subject = subject
        self.logLine = FFmpegLog.takeLastLine()
    }

    public var reason: Reason {
        switch code {
        case AVERROR_INVALIDDATA: .invalidData
        case AVERROR_STREAM_NOT_FOUND, AVERROR_DECODER_NOT_FOUND, AVERROR_ENCODER_NOT_FOUND: .notFound
        case AVERROR_EXIT: .interrupted
        case AVERROR_OPTION_NOT_FOUND: .unknownOption
        default: .other
        }
    }
}

extension FFmpegError: CustomStringConvertible {
    public var description: String {
        var buffer = [CChar](repeating: 0, count: Int(AV_ERROR_MAX_STRING_SIZE))
        av_strerror(code, &buffer, buffer.count)
        let message = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(operation) failed: \(message) (\(code))" + (subject.map { " [\($0)]" } ?? "")
            + (logLine.map { ": \($0)" } ?? "")
    }
}

/// Throws if a libav* function returned a negative value.
@discardableResult
func check(
    _ operation: String,
    subject: @autoclosure () -> String? = nil,
    _ body: () -> Int32
) throws(FFmpegError) -> Int32 {
    let code = body()
    guard code >= 0 else { throw FFmpegError(code, operation: operation, subject: subject()) }
    return code
}

/// Throws if a libav* function that makes something returned nothing.
func unwrap<Value>(_ operation: String, subject: String? = nil, _ value: Value?) throws(FFmpegError) -> Value {
    guard let value else { throw FFmpegError(AVERROR(ENOMEM), operation: operation, subject: subject) }
    return value
}
