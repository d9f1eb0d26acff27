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
        /// `nil` for a playlist of single pictures.
        public var framesPerSecond: Double?
        /// `SDR`, `HLG` or `PQ`; `nil` when the playlist does not say.
        public var videoRange: String? = "SDR"

        public init(
            uri: String,
            bandwidth: Int,
            averageBandwidth: Int,
            codecs: String,
            width: Int,
            height: Int,
            framesPerSecond: Double?
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

    public var version = 7
    /// Whether every segment of every rendition can be decoded without another.
    public var hasIndependentSegments = true
    public var variants: [Variant]
    /// The playlists of only the IDR pictures.
    public var iFrameVariants: [Variant]

    public init(variants: [Variant], iFrameVariants: [Variant] = []) {
        self.variants = variants
        self.iFrameVariants = iFrameVariants
    }

    /// The playlist file.
    public var text: String {
        var lines = ["#EXTM3U", "#EXT-X-VERSION:\(version)"]
        if hasIndependentSegments { lines.append("#EXT-X-INDEPENDENT-SEGMENTS") }
        for variant in variants {
            // Without the last attribute Apple's players offer captions that are not there.
            lines.append("#EXT-X-STREAM-INF:\(variant.attributes),CLOSED-CAPTIONS=NONE")
            lines.append(variant.uri)
        }
        for variant in iFrameVariants {
            lines.append("#EXT-X-I-FRAME-STREAM-INF:\(variant.attributes),URI=\"\(variant.uri)\"")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension MultivariantPlaylist {
    /// The mean bitrate of the variant that a player on Wi-Fi should start with, in bits per second (Apple, 1.32).
    static let startBitsPerSecond = 2_000_000

    /// The order in which players should see variants.
    ///
    /// Players start with the first variant that they can play, so that is the best one of at most 2 Mbit/s that every
    /// player knows the codec of; the others follow by codec, largest first.
    static func inPlayersOrder(_ variants: [Variant]) -> [Variant] {
        let ordered = largestFirst(variants)
        let group = ordered.filter { $0.codecRank == ordered[0].codecRank }
        let start = group.first { $0.averageBandwidth <= startBitsPerSecond } ?? group.last
        return ordered.filter { $0 == start } + ordered.filter { $0 != start }
    }

    /// By codec, the one that most players know first; then by size.
    static func largestFirst(_ variants: [Variant]) -> [Variant] {
        variants.sorted { first, second in
            (first.codecRank, second.height, second.bandwidth) < (second.codecRank, first.height, first.bandwidth)
        }
    }
}

extension MultivariantPlaylist.Variant {
    /// Its place in the list of codecs, the one with the most players first.
    var codecRank: Int {
        ["avc1", "hvc1", "av01"].firstIndex { codecs.hasPrefix($0) } ?? 3
    }

    fileprivate var attributes: String {
        var list = [
            "BANDWIDTH=\(bandwidth)", "AVERAGE-BANDWIDTH=\(averageBandwidth)", "CODECS=\"\(codecs)\"",
            "RESOLUTION=\(width)x\(height)",
        ]
        if let framesPerSecond {
            list.append(String(format: "FRAME-RATE=%.3f", locale: Locale(identifier: "en_US_POSIX"), framesPerSecond))
        }
        if let videoRange { list.append("VIDEO-RANGE=\(videoRange)") }
        return list.joined(separator: ",")
    }
}
