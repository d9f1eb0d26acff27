import Domain
import Foundation

/// The segments of one rendition, or only its IDR pictures (RFC 8216, section 4.3.3).
public struct MediaPlaylist: Sendable, Equatable {
    /// Some of the bytes of a file.
    public struct ByteRange: Sendable, Equatable {
        public var length: Int
        public var offset: Int

        public init(length: Int, offset: Int) {
            self.length = length
            self.offset = offset
        }
    }

    /// One media segment.
    public struct Segment: Sendable, Equatable {
        public var uri: String
        public var durationSeconds: Double
        /// `nil` is the whole file.
        public var byteRange: ByteRange?

        public init(uri: String, durationSeconds: Double, byteRange: ByteRange? = nil) {
            self.uri = uri
            self.durationSeconds = durationSeconds
            self.byteRange = byteRange
        }
    }

    /// The version of the protocol that a player must know; 7 has everything that is used here.
    public var version = 7
    /// The largest duration of a segment, rounded to the nearest whole second, in seconds.
    public var targetDuration: Int
    /// `VOD`: nothing will ever change; `nil` when the playlist does not say.
    public var type: String? = "VOD"
    /// Whether every segment can be decoded without another.
    public var hasIndependentSegments = true
    /// Whether each segment is one picture, for fast forward and thumbnails.
    public var isIFramesOnly: Bool
    /// The initialization segment that all segments share.
    public var mapURI: String?
    public var segments: [Segment]
    /// Whether no segments will follow.
    public var isEnded = true

    public init(mapURI: String, segments: [Segment], isIFramesOnly: Bool = false) {
        self.mapURI = mapURI
        self.segments = segments
        self.isIFramesOnly = isIFramesOnly
        targetDuration = max(1, Int(saturating: (segments.map(\.durationSeconds).max() ?? 0).rounded()))
    }

    public var durationSeconds: Double { segments.reduce(0) { $0 + $1.durationSeconds } }

    /// The playlist file.
    public var text: String {
        var lines = [
            "#EXTM3U", "#EXT-X-VERSION:\(version)", "#EXT-X-TARGETDURATION:\(targetDuration)",
            "#EXT-X-MEDIA-SEQUENCE:1",
        ]
        if let type { lines.append("#EXT-X-PLAYLIST-TYPE:\(type)") }
        if hasIndependentSegments { lines.append("#EXT-X-INDEPENDENT-SEGMENTS") }
        if isIFramesOnly { lines.append("#EXT-X-I-FRAMES-ONLY") }
        if let mapURI { lines.append("#EXT-X-MAP:URI=\"\(mapURI)\"") }
        for segment in segments {
            lines.append("#EXTINF:\(Self.decimal(segment.durationSeconds)),")
            if let range = segment.byteRange { lines.append("#EXT-X-BYTERANGE:\(range.length)@\(range.offset)") }
            lines.append(segment.uri)
        }
        if isEnded { lines.append("#EXT-X-ENDLIST") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Microseconds are finer than any frame's duration; the locale must not turn the point into a comma.
    private static func decimal(_ seconds: Double) -> String {
        String(format: "%.6f", locale: Locale(identifier: "en_US_POSIX"), seconds)
    }
}
