/// Why a file cannot become a video.
///
/// Trying again does not help.
public struct MediaRefusal: Error, Codable, Sendable, Equatable {
    /// Stable names, for programs.
    public enum Code: String, Codable, Sendable, CaseIterable {
        case empty
        case notMedia = "not_media"
        case unsupportedFormat = "unsupported_format"
        case noVideo = "no_video"
        case encrypted
        case damaged
        case truncated
        case tooLong = "too_long"
        case tooShort = "too_short"
        case tooLarge = "too_large"
        case tooManyPixels = "too_many_pixels"
        case tooManyStreams = "too_many_streams"
        case frameRateTooHigh = "frame_rate_too_high"
        case tooExpensive = "too_expensive"
    }

    public var code: Code
    /// One sentence that tells the creator what is wrong and what to do.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension MediaRefusal: CustomStringConvertible {
    public var description: String { message }
}
