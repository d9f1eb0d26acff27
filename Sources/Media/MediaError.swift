/// Why media work ended without a result, when the creator's file is not to blame.
///
/// A file that can never become a video is a `MediaRefusal` instead.
public struct MediaError: Error, Sendable, Equatable {
    /// What failed, for programs.
    public enum Code: Sendable, Equatable {
        /// The source is missing or may not be read.
        case sourceUnreadable
        /// The output cannot be written.
        case outputUnwritable
        /// Something in the output is not as it must be.
        case verificationFailed
        /// A library failed where the source gives no reason to.
        case internalFailure
        /// The caller asked to stop.
        case cancelled
    }

    public var code: Code
    /// One sentence, with the library's own words where there are any.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension MediaError: CustomStringConvertible {
    public var description: String { message }
}
