import CFFmpeg

/// What a container says about one of its streams.
public struct StreamInfo: Sendable, Equatable {
    /// What a stream carries.
    public enum Kind: Sendable, Equatable {
        case video
        case audio
        case other
    }

    /// The stream's index in its file.
    public var index: Int
    public var kind: Kind
    /// FFmpeg's name of the codec, for example `h264`.
    public var codec: String
    /// FFmpeg's name of the profile; `nil` when unknown.
    public var profile: String?
    public var timeBase: Rational
    /// When the first content is shown, in the stream's time base; `nil` when unknown.
    public var startTime: Int64?
    /// In seconds; `nil` when the container does not say.
    public var durationSeconds: Double?
    /// Whether a player picks this stream when nobody chooses.
    public var isDefault: Bool
    /// Whether the "video" is one still image: the cover of a song.
    public var isAttachedPicture: Bool

    /// Coded pictures: 0 for sound.
    public var width = 0
    public var height = 0
    public var pixelFormat = "unknown"
    public var sampleAspectRatio = Rational(1, 1)
    /// Frames per second, averaged over the stream, or guessed; 0 when unknown.
    public var frameRate = Rational(0, 1)
    /// Degrees that a player turns the picture clockwise: 0, 90, 180 or 270.
    public var rotationDegrees = 0
    /// Whether a player mirrors the picture, left to right, before it turns it.
    public var isMirrored = false
    public var isInterlaced = false
    public var colorTransfer: String?
    /// What Dolby Vision metadata say; `nil` when there are none.
    public var dolbyVision: DolbyVision?
    /// Whether opacity is coded beside the pictures, as WebM does, where only some decoders look.
    public var hasSeparateAlpha = false
    /// Whether the content cannot be decoded without a key.
    public var isEncrypted = false

    /// Sound: 0 for pictures.
    public var sampleRate = 0
    public var channels = 0
    /// The codec's own header, for example `avcC`.
    public var extradata: [UInt8] = []
}

extension StreamInfo {
    /// How Dolby Vision is coded.
    public struct DolbyVision: Sendable, Equatable {
        public var profile: Int
        /// What the base layer is for decoders that know nothing of Dolby Vision: 0 nothing, 1 HDR10, 2 SDR, 4 HLG.
        public var baseLayerCompatibility: Int
    }

    init(_ stream: UnsafeMutablePointer<AVStream>, in context: UnsafeMutablePointer<AVFormatContext>) {
        let parameters = stream.pointee.codecpar.pointee
        index = Int(stream.pointee.index)
        codec = String(cString: avcodec_get_name(parameters.codec_id))
        profile = avcodec_profile_name(parameters.codec_id, parameters.profile).map { String(cString: $0) }
        timeBase = Rational(stream.pointee.time_base)
        startTime = Packet.time(stream.pointee.start_time)
        durationSeconds = Packet.time(stream.pointee.duration).map {
            Double($0) * Rational(stream.pointee.time_base).doubleValue
        }
        isDefault = stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0
        isAttachedPicture = stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        extradata = Array(UnsafeBufferPointer(start: parameters.extradata, count: Int(parameters.extradata_size)))
        isEncrypted = Self.isEncrypted(stream)
        switch parameters.codec_type {
        case AVMEDIA_TYPE_VIDEO:
            kind = .video
            describePictures(stream, parameters, in: context)
        case AVMEDIA_TYPE_AUDIO:
            kind = .audio
            sampleRate = Int(parameters.sample_rate)
            channels = Int(parameters.ch_layout.nb_channels)
        default:
            kind = .other
        }
    }

    private mutating func describePictures(
        _ stream: UnsafeMutablePointer<AVStream>,
        _ parameters: AVCodecParameters,
        in context: UnsafeMutablePointer<AVFormatContext>
    ) {
        width = Int(parameters.width)
        height = Int(parameters.height)
        pixelFormat = pixelFormatName(AVPixelFormat(parameters.format))
        let aspect = Rational(av_guess_sample_aspect_ratio(context, stream, nil))
        sampleAspectRatio = aspect.doubleValue > 0 ? aspect : Rational(1, 1)
        frameRate = Rational(stream.pointee.avg_frame_rate)
        if frameRate.doubleValue <= 0 { frameRate = Rational(av_guess_frame_rate(context, stream, nil)) }
        let progressive: [AVFieldOrder] = [AV_FIELD_UNKNOWN, AV_FIELD_PROGRESSIVE]
        isInterlaced = !progressive.contains(parameters.field_order)
        colorTransfer = colorName(parameters.color_trc.rawValue, av_color_transfer_name(parameters.color_trc))
        dolbyVision = Self.dolbyVision(stream)
        hasSeparateAlpha = Self.metadata("alpha_mode", of: stream) == "1"
        (rotationDegrees, isMirrored) = Self.orientation(stream)
    }

    private static func orientation(_ stream: UnsafeMutablePointer<AVStream>) -> (degrees: Int, isMirrored: Bool) {
        var size = 0
        guard let data = cffmpeg_stream_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else {
            return (0, false)
        }
        var matrix = [Int32](repeating: 0, count: 9)
        memcpy(&matrix, data, 36)
        return displayOrientation(matrix)
    }

    private static func dolbyVision(_ stream: UnsafeMutablePointer<AVStream>) -> DolbyVision? {
        var size = 0
        guard
            let data = cffmpeg_stream_side_data(stream, AV_PKT_DATA_DOVI_CONF, &size),
            size >= MemoryLayout<AVDOVIDecoderConfigurationRecord>.size
        else { return nil }
        return data.withMemoryRebound(to: AVDOVIDecoderConfigurationRecord.self, capacity: 1) {
            DolbyVision(
                profile: Int($0.pointee.dv_profile),
                baseLayerCompatibility: Int($0.pointee.dv_bl_signal_compatibility_id)
            )
        }
    }

    /// Whether the sample entry is MP4's or QuickTime's for protected content, a Matroska track names a key, or the header
    /// of a key system is there.
    private static func isEncrypted(_ stream: UnsafeMutablePointer<AVStream>) -> Bool {
        var size = 0
        if metadata("enc_key_id", of: stream) != nil { return true }
        if cffmpeg_stream_side_data(stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, &size) != nil { return true }
        let tag = stream.pointee.codecpar.pointee.codec_tag
        let name = String(decoding: (0..<4).map { UInt8(truncatingIfNeeded: tag >> (8 * $0)) }, as: UTF8.self)
        return ["encv", "enca", "encs", "drmi", "drms"].contains(name)
    }

    private static func metadata(_ key: String, of stream: UnsafeMutablePointer<AVStream>) -> String? {
        av_dict_get(stream.pointee.metadata, key, nil, 0).map { String(cString: $0.pointee.value) }
    }
}

/// Reads a display matrix: nine 32-bit numbers that map coded to shown pixels.
///
/// FFmpeg's angle is counter-clockwise, and NaN for a matrix without one.
/// A negative determinant means that the picture is also mirrored.
func displayOrientation(_ matrix: [Int32]) -> (degrees: Int, isMirrored: Bool) {
    var matrix = matrix
    let isMirrored = Double(matrix[0]) * Double(matrix[4]) - Double(matrix[1]) * Double(matrix[3]) < 0
    // The first row says where the coded x axis goes: turning it round takes the mirror away from the front.
    // The smallest number of 32 bits has no opposite.
    if isMirrored { (matrix[0], matrix[1]) = (-max(matrix[0], -Int32.max), -max(matrix[1], -Int32.max)) }
    let angle = -av_display_rotation_get(matrix)
    guard angle.isFinite else { return (0, isMirrored) }
    let quarterTurns = Int((angle / 90).rounded())
    return (((quarterTurns % 4) + 4) % 4 * 90, isMirrored)
}
