/// What a package must be, one name for each rule; `docs/hls.md` explains them.
public enum VerificationRule: String, Codable, Sendable, CaseIterable {
    // The files as such.
    case files, structure, faststart, interleaving, decodes, source
    case samePictures = "same-pictures"
    // Playlists.
    case playlistSyntax = "playlist-syntax"
    case version, map
    case playlistType = "playlist-type"
    case targetDuration = "target-duration"
    case independentSegments = "independent-segments"
    case bandwidth, codecs, resolution, iframes
    case averageBandwidth = "average-bandwidth"
    case peak
    case frameRate = "frame-rate"
    case videoRange = "video-range"
    case aspectRatio = "aspect-ratio"
    case startVariant = "start-variant"
    case severalBitrates = "several-bitrates"
    // Time.
    case extinf, tfdt, aligned
    case sameDuration = "same-duration"
    case startsWithIDR = "starts-with-idr"
    case closedGOP = "closed-gop"
    case gopLength = "gop-length"
    case editList = "edit-list"
    case avSync = "av-sync"
    case trackDurations = "track-durations"
    // Pictures.
    case configuration, profile, level, progressive, colour
    case minimalLevel = "minimal-level"
    case compatibleVariant = "compatible-variant"
    case squarePixels = "square-pixels"
    case evenSize = "even-size"
    case bitDepth = "bit-depth"
    case colourSignalled = "colour-signalled"
    // Sound.
    case audio, priming
    case audioBitrate = "audio-bitrate"
    // Pictures beside the video.
    case cover, storyboard, preview

    /// Whether a package that breaks the rule may be published all the same: the rule is a recommendation.
    public var isRecommendation: Bool {
        switch self {
        case .peak, .startVariant, .severalBitrates, .gopLength, .trackDurations, .minimalLevel, .compatibleVariant,
            .colourSignalled, .priming, .audioBitrate, .interleaving:
            true
        default: false
        }
    }
}
