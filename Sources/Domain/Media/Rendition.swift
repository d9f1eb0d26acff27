/// One encoded version of a video that exists.
public struct Rendition: Codable, Sendable, Equatable {
    /// The rung's name in paths and playlists: the length of its short side, for example `720`.
    public var name: String
    /// Size in square pixels.
    public var width: Int
    public var height: Int
    /// The largest and the mean bitrate over its segments, audio included, in bits per second.
    public var bandwidth: Int
    public var averageBandwidth: Int
    /// RFC 6381 codecs, for example `avc1.64001f,mp4a.40.2`.
    public var codecs: String

    public init(name: String, width: Int, height: Int, bandwidth: Int, averageBandwidth: Int, codecs: String) {
        self.name = name
        self.width = width
        self.height = height
        self.bandwidth = bandwidth
        self.averageBandwidth = averageBandwidth
        self.codecs = codecs
    }
}
