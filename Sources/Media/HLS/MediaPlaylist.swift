import Foundation

/// The segments of one rendition (RFC 8216, section 4.3.3), as text.
public struct MediaPlaylist: Sendable, Equatable {
    /// One media segment.
    public struct Segment: Sendable, Equatable {
        public var uri: String
        public var durationSeconds: Double

        public init(uri: String, durationSeconds: Double) {
            self.uri = uri
            self.durationSeconds = durationSeconds
        }
    }

    /// The initialization segment that all segments share.
    public var mapURI: String
    public var segments: [Segment]

    public init(mapURI: String, segments: [Segment]) {
        self.mapURI = mapURI
        self.segments = segments
    }

    /// The largest duration of a segment, rounded to the nearest whole second, as RFC 8216 wants it.
    public var targetDuration: Int {
        max(1, Int((segments.map(\.durationSeconds).max() ?? 0).rounded()))
    }

    public var durationSeconds: Double { segments.reduce(0) { $0 + $1.durationSeconds } }

    /// The playlist file.
    public var text: String {
        var lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            "#EXT-X-TARGETDURATION:\(targetDuration)",
            "#EXT-X-MEDIA-SEQUENCE:1",
            "#EXT-X-PLAYLIST-TYPE:VOD",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            "#EXT-X-MAP:URI=\"\(mapURI)\"",
        ]
        for segment in segments {
            lines.append("#EXTINF:\(Self.decimal(segment.durationSeconds)),")
            lines.append(segment.uri)
        }
        lines.append("#EXT-X-ENDLIST")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Microseconds are finer than any frame's duration; the locale must not turn the point into a comma.
    private static func decimal(_ seconds: Double) -> String {
        String(format: "%.6f", locale: Locale(identifier: "en_US_POSIX"), seconds)
    }
}

extension MediaPlaylist {
    /// Reads back what `text` writes; `nil` for a playlist that is incomplete or of another kind.
    public init?(parsing text: String) {
        let lines = text.split(separator: "\n")
        guard lines.first == "#EXTM3U", lines.last == "#EXT-X-ENDLIST" else { return nil }
        var map: String?
        var segments: [Segment] = []
        var duration: Double?
        for line in lines {
            if let match = line.wholeMatch(of: /#EXT-X-MAP:URI="(.+)"/) {
                map = String(match.1)
            } else if let match = line.wholeMatch(of: /#EXTINF:([0-9.]+),/) {
                duration = Double(match.1)
            } else if !line.hasPrefix("#") {
                guard let seconds = duration.take() else { return nil }
                segments.append(Segment(uri: String(line), durationSeconds: seconds))
            }
        }
        guard let map, !segments.isEmpty else { return nil }
        self.init(mapURI: map, segments: segments)
    }
}
