import CFFmpeg

/// What a decoder or a muxer must know about packets before it takes them: the codec's parameters and the unit of times.
// Immutable after init, so that it may go from the thread that reads or encodes to the one that decodes or muxes.
public final class StreamParameters: @unchecked Sendable {
    /// The unit of the packets' times.
    public let timeBase: Rational
    /// Frames per second; 0 for sound.
    public let frameRate: Rational
    /// The codec's header: from an encoder, Annex B parameter sets of H.264 or AudioSpecificConfig of AAC.
    public let extradata: [UInt8]
    let parameters: Owned<AVCodecParameters>

    /// What the encoder was told, or the container says; 0 when unknown.
    public var bitsPerSecond: Int { Int(parameters.bit_rate) }

    /// What an encoder makes.
    init(_ encoder: borrowing Owned<AVCodecContext>) throws(FFmpegError) {
        let parameters = try Owned("copy parameters", avcodec_parameters_alloc())
        let (source, target) = (encoder.pointer, parameters.pointer)
        try check("copy parameters") { avcodec_parameters_from_context(target, source) }
        timeBase = Rational(encoder.time_base)
        frameRate = Rational(encoder.framerate)
        extradata = Self.extradata(target)
        self.parameters = parameters
    }

    /// What a file holds.
    init(_ stream: UnsafeMutablePointer<AVStream>) throws(FFmpegError) {
        let parameters = try Owned("copy parameters", avcodec_parameters_alloc())
        let target = parameters.pointer
        try check("copy parameters") { avcodec_parameters_copy(target, stream.pointee.codecpar) }
        // Not every codec says how wide a pixel is; where one does not, the container may.
        if target.pointee.sample_aspect_ratio.num == 0 {
            target.pointee.sample_aspect_ratio = stream.pointee.sample_aspect_ratio
        }
        timeBase = Rational(stream.pointee.time_base)
        frameRate = Rational(stream.pointee.avg_frame_rate)
        extradata = Self.extradata(target)
        self.parameters = parameters
    }

    /// What another container keeps: the same, but with times in `timeBase` and without the first container's tag.
    ///
    /// `bitsPerSecond` is for a container that does not keep what the encoder was told.
    public init(
        _ other: StreamParameters,
        timeBase: Rational,
        frameRate: Rational,
        bitsPerSecond: Int? = nil
    ) throws(FFmpegError) {
        let parameters = try Owned("copy parameters", avcodec_parameters_alloc())
        let (source, target) = (other.parameters.pointer, parameters.pointer)
        try check("copy parameters") { avcodec_parameters_copy(target, source) }
        target.pointee.codec_tag = 0
        if let bitsPerSecond { target.pointee.bit_rate = Int64(bitsPerSecond) }
        self.timeBase = timeBase
        self.frameRate = frameRate
        extradata = other.extradata
        self.parameters = parameters
    }

    private static func extradata(_ parameters: UnsafePointer<AVCodecParameters>) -> [UInt8] {
        Array(UnsafeBufferPointer(start: parameters.pointee.extradata, count: Int(parameters.pointee.extradata_size)))
    }
}
