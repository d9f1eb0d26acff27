import Foundation

/// The renditions of one video (RFC 8216, section 4.3.4), as text.
public struct MultivariantPlaylist: Sendable, Equatable {
    /// One rendition as players choose it.
    public struct Variant: Sendable, Equatable {
        /// The rendition's media playlist.
        public var uri: String
        /// The largest and the mean bitrate, measured over the segments, in bits per second.
        public var bandwidth: Int
        public var averageBandwidth: Int
        /// RFC 6381, for example `avc1.64001f,mp4a.40.2`.
        public var codecs: String
        public var width: Int
        public var height: Int
        public var framesPerSecond: Double

        public init(
            uri: String,
            bandwidth: Int,
            averageBandwidth: Int,
            codecs: String,
            width: Int,
            height: Int,
            framesPerSecond: Double
        ) {
            self.uri = uri
            self.bandwidth = bandwidth
            self.averageBandwidth = averageBandwidth
            self.codecs = codecs
            self.width = width
            self.height = height
            self.framesPerSecond = framesPerSecond
        }
    }

    public var variants: [Variant]

    public init(variants: [Variant]) { self.variants = variants }

    /// The playlist file.
    public var text: String {
        var lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
        for variant in variants {
            lines.append("#EXT-X-STREAM-INF:\(variant.attributes)")
            lines.append(variant.uri)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension MultivariantPlaylist.Variant {
    fileprivate var attributes: String {
        let rate = String(format: "%.3f", locale: Locale(identifier: "en_US_POSIX"), framesPerSecond)
        return "BANDWIDTH=\(bandwidth),AVERAGE-BANDWIDTH=\(averageBandwidth),CODECS=\"\(codecs)\","
            + "RESOLUTION=\(width)x\(height),FRAME-RATE=\(rate),VIDEO-RANGE=SDR"
    }

    fileprivate init?(attributes: Substring, uri: Substring) {
        let pattern =
            /BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+),CODECS="([^"]+)",RESOLUTION=(\d+)x(\d+),FRAME-RATE=([\d.]+),VIDEO-RANGE=SDR/
        guard
            let match = attributes.wholeMatch(of: pattern),
            let bandwidth = Int(match.1), let average = Int(match.2),
            let width = Int(match.4), let height = Int(match.5), let rate = Double(match.6)
        else { return nil }
        self.init(
            uri: String(uri),
            bandwidth: bandwidth,
            averageBandwidth: average,
            codecs: String(match.3),
            width: width,
            height: height,
            framesPerSecond: rate
        )
    }
}

extension MultivariantPlaylist {
    /// Reads back what `text` writes; `nil` for a playlist that is incomplete or of another kind.
    public init?(parsing text: String) {
        let lines = text.split(separator: "\n")
        guard lines.first == "#EXTM3U" else { return nil }
        var variants: [Variant] = []
        for (line, uri) in zip(lines, lines.dropFirst()) {
            guard let match = line.wholeMatch(of: /#EXT-X-STREAM-INF:(.+)/) else { continue }
            guard !uri.hasPrefix("#"), let variant = Variant(attributes: match.1, uri: uri) else { return nil }
            variants.append(variant)
        }
        guard !variants.isEmpty else { return nil }
        self.init(variants: variants)
    }
}
