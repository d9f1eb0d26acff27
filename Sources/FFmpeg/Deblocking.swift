import CFFmpeg

/// In which pictures a decoder smooths the edges of blocks.
public enum Deblocking: Sendable {
    /// As the codec's standard says.
    case all
    /// Only those that others are predicted from: faster, and hardly visible in a picture that is scaled down.
    case referenced
    /// None: what is seen drifts a little from keyframe to keyframe; at half the size the difference is 48 dB.
    case none

    var discard: AVDiscard {
        switch self {
        case .all: AVDISCARD_DEFAULT
        case .referenced: AVDISCARD_NONREF
        case .none: AVDISCARD_ALL
        }
    }
}
