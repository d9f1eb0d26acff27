import CFFmpeg

/// What a filter graph must know about the pictures that enter it.
public struct PictureTraits: Sendable, Equatable {
    public var width: Int
    public var height: Int
    /// FFmpeg's name of the pixel format, for example `yuv420p`.
    public var pixelFormat: String
    /// Width of one sample divided by its height.
    public var sampleAspectRatio: Rational
    /// Whether the picture is two fields.
    public var isInterlaced: Bool
    /// Whether black is 0 and not 16.
    public var isFullRange: Bool
    /// Whether the samples are red, green and blue.
    public var isRGB: Bool
    /// Whether every sample also says how opaque it is.
    public var hasAlpha: Bool
    /// FFmpeg's names; `nil` when the stream does not say.
    public var primaries: String?
    public var transfer: String?
    public var matrix: String?

    public init(
        width: Int,
        height: Int,
        pixelFormat: String,
        sampleAspectRatio: Rational = Rational(1, 1),
        isInterlaced: Bool = false,
        isFullRange: Bool = false,
        isRGB: Bool = false,
        hasAlpha: Bool = false,
        primaries: String? = nil,
        transfer: String? = nil,
        matrix: String? = nil
    ) {
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
        self.sampleAspectRatio = sampleAspectRatio
        self.isInterlaced = isInterlaced
        self.isFullRange = isFullRange
        self.isRGB = isRGB
        self.hasAlpha = hasAlpha
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
    }
}

extension Frame {
    /// What this picture is like.
    public var traits: PictureTraits {
        let frame = pointer.pointee
        let format = AVPixelFormat(frame.format)
        let name = pixelFormatName(format)
        let flags = av_pix_fmt_desc_get(format)?.pointee.flags ?? 0
        let aspect = Rational(frame.sample_aspect_ratio)
        return PictureTraits(
            width: width,
            height: height,
            pixelFormat: name,
            sampleAspectRatio: aspect.doubleValue > 0 ? aspect : Rational(1, 1),
            isInterlaced: cffmpeg_frame_is_interlaced(pointer) != 0,
            isFullRange: frame.color_range == AVCOL_RANGE_JPEG || name.hasPrefix("yuvj"),
            isRGB: flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0,
            hasAlpha: flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0,
            primaries: colorName(frame.color_primaries.rawValue, av_color_primaries_name(frame.color_primaries)),
            transfer: colorName(frame.color_trc.rawValue, av_color_transfer_name(frame.color_trc)),
            matrix: frame.colorspace == AVCOL_SPC_RGB
                ? nil : colorName(frame.colorspace.rawValue, av_color_space_name(frame.colorspace))
        )
    }
}

func pixelFormatName(_ format: AVPixelFormat) -> String {
    av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "unknown"
}

/// The name of a colour property; in all three lists of H.273, 0 and 3 are reserved and 2 is "unspecified".
func colorName(_ value: UInt32, _ name: UnsafePointer<CChar>?) -> String? {
    guard value != 0, value != 2, value != 3, let name else { return nil }
    return String(cString: name)
}
