import FFmpeg

/// What decides whether a source's pictures may be copied instead of encoded.
struct PassthroughFacts: Sendable, Equatable {
    var codec: String
    /// As `avcC` has them; `nil` for another header.
    var profile: Int?
    var level: Int?
    /// The first picture, decoded: headers of files lie about colours.
    var picture: PictureTraits
    var rotationDegrees = 0
    var isMirrored = false
    var framesPerSecond: Double
    /// When pictures are shown at which decoding can start, in seconds from the origin.
    var keyframeTimes: [Double]
    /// Whether every picture between two keyframes needs only pictures between these two.
    var hasClosedGOPs: Bool
    /// Whether all packets have times, which grow strictly.
    var hasRegularTimes: Bool
    /// When the first picture is shown and the last one ends, in seconds from the origin.
    var startSeconds: Double
    var endSeconds: Double
    /// When the container says that the sound ends; `nil` when it does not say or there is none.
    var soundEndSeconds: Double?
    /// How long pictures are shown, in seconds; the last one does not count.
    var shortestFrame: Double
    var longestFrame: Double
    /// Over the whole, and over the second that has most.
    var averageBitsPerSecond: Int
    var peakBitsPerSecond: Int
}
