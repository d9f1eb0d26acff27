/// One elementary stream of pictures.
public struct VideoStream: Codable, Sendable, Equatable {
    /// The stream's index in its file.
    public var index: Int
    /// FFmpeg's name of the codec, for example `h264`.
    public var codec: String
    /// FFmpeg's name of the profile, for example `High`; `nil` when unknown.
    public var profile: String?
    /// Coded size in pixels, before rotation.
    public var width: Int
    public var height: Int
    /// FFmpeg's name of the pixel format, for example `yuv420p`.
    public var pixelFormat: String
    /// Sample (pixel) aspect ratio; 1 means square.
    public var sampleAspectRatio: Double
    /// How far a player turns the picture, clockwise: 0, 90, 180 or 270.
    public var rotationDegrees: Int
    /// Whether the display matrix mirrors the picture before it is turned.
    public var isMirrored: Bool
    /// Average frames per second; 0 when unknown.
    public var frameRate: Double
    /// Whether the stream says that its frames are fields.
    public var isInterlaced: Bool
    /// FFmpeg's name of the transfer characteristics, for example `bt709` or `smpte2084`; `nil` when not said.
    public var colorTransfer: String?

    /// Files may claim any shape of pixels; what is larger than this is too large for every limit.
    private static let maxSide = 1 << 30

    /// Size in square pixels as a viewer sees it: after the aspect ratio and the rotation are applied.
    public var displayWidth: Int { isTurnedSideways ? height : squareWidth }
    public var displayHeight: Int { isTurnedSideways ? squareWidth : height }
    /// The length of the shorter side of the picture as shown, in pixels.
    public var shortSide: Int { min(displayWidth, displayHeight) }

    private var isTurnedSideways: Bool { rotationDegrees % 180 != 0 }
    private var squareWidth: Int {
        max(1, min(Self.maxSide, Int(saturating: (Double(width) * sampleAspectRatio).rounded())))
    }

    public init(
        index: Int,
        codec: String,
        profile: String? = nil,
        width: Int,
        height: Int,
        pixelFormat: String,
        sampleAspectRatio: Double = 1,
        rotationDegrees: Int = 0,
        isMirrored: Bool = false,
        frameRate: Double,
        isInterlaced: Bool = false,
        colorTransfer: String? = nil
    ) {
        self.index = index
        self.codec = codec
        self.profile = profile
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
        self.sampleAspectRatio = sampleAspectRatio
        self.rotationDegrees = rotationDegrees
        self.isMirrored = isMirrored
        self.frameRate = frameRate
        self.isInterlaced = isInterlaced
        self.colorTransfer = colorTransfer
    }
}
