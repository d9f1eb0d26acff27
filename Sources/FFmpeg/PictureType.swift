import CFFmpeg

/// How an encoder predicts a picture.
public enum PictureType: Sendable {
    /// Not at all: playback can start here.
    case key
    /// From pictures before it.
    case predicted
    /// From pictures before and behind it.
    case bidirectional
}

extension Frame {
    /// Tells the encoder how to encode this picture; `nil` leaves the choice to it.
    ///
    /// A decoded frame still has the type that its own encoder chose, which would otherwise be forced on the next one.
    public func setPictureType(_ type: PictureType?) {
        pointer.pointee.pict_type =
            switch type {
            case .key: AV_PICTURE_TYPE_I
            case .predicted: AV_PICTURE_TYPE_P
            case .bidirectional: AV_PICTURE_TYPE_B
            case nil: AV_PICTURE_TYPE_NONE
            }
    }
}

extension Packet {
    /// How its encoder predicted the picture; without B pictures for encoders that do not say.
    ///
    /// Pictures that are coded alone, but without being keyframes, count as predicted.
    public var pictureType: PictureType {
        if isKeyframe { return .key }
        var size = 0
        // FFmpeg: a quality of 32 bits, then the type in 8.
        guard let stats = av_packet_get_side_data(pointer, AV_PKT_DATA_QUALITY_STATS, &size), size > 4 else {
            return .predicted
        }
        return stats[4] == UInt8(AV_PICTURE_TYPE_B.rawValue) ? .bidirectional : .predicted
    }
}
