import CFFmpeg

/// Turns frames into packets.
public final class Encoder {
    /// What a muxer must know about the packets.
    public let stream: StreamParameters
    /// Samples per run of sound that the encoder takes; 0 for pictures.
    public let frameSize: Int
    private let context: Owned<AVCodecContext>

    /// Opens a video encoder for square pixels.
    ///
    /// `options` are the codec's, by FFmpeg's names; an unknown one is an error.
    public convenience init(
        video name: String,
        width: Int,
        height: Int,
        pixelFormat: String,
        timeBase: Rational,
        frameRate: Rational,
        options: [String: String]
    ) throws(FFmpegError) {
        try self.init(name, options) { context in
            context.width = Int32(clamping: width)
            context.height = Int32(clamping: height)
            context.pix_fmt = av_get_pix_fmt(pixelFormat)
            context.sample_aspect_ratio = AVRational(num: 1, den: 1)
            context.time_base = timeBase.value
            context.framerate = frameRate.value
        }
    }

    /// Opens an audio encoder for planar 32-bit floats.
    public convenience init(
        audio name: String,
        sampleRate: Int,
        channels: Int,
        options: [String: String]
    ) throws(FFmpegError) {
        try self.init(name, options) { context in
            context.sample_fmt = AV_SAMPLE_FMT_FLTP
            context.sample_rate = Int32(clamping: sampleRate)
            av_channel_layout_default(&context.ch_layout, Int32(clamping: channels))
            context.time_base = AVRational(num: 1, den: Int32(clamping: sampleRate))
        }
    }

    private init(
        _ name: String,
        _ options: [String: String],
        configure: (inout AVCodecContext) -> Void
    ) throws(FFmpegError) {
        FFmpegLog.install()
        guard let codec = avcodec_find_encoder_by_name(name) else {
            throw FFmpegError(AVERROR_ENCODER_NOT_FOUND, operation: "find encoder", subject: name)
        }
        let context = try Owned("open encoder", avcodec_alloc_context3(codec))
        let pointer = context.pointer
        configure(&pointer.pointee)
        // MP4 wants the codec's header once and not in every keyframe.
        context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        try withDictionary(options) { (dictionary) throws(FFmpegError) in
            try check("open encoder", subject: name) { avcodec_open2(pointer, codec, &dictionary) }
        }
        stream = try StreamParameters(context)
        frameSize = Int(context.frame_size)
        self.context = context
    }

    /// Hands a frame to the encoder; its packets must then be fetched until there is none.
    public func send(_ frame: borrowing Frame) throws(FFmpegError) {
        let code = avcodec_send_frame(context.pointer, frame.pointer)
        try check("encode") { code }
    }

    /// Says that no more frames will come.
    public func sendEnd() throws(FFmpegError) {
        try check("end encoding") { avcodec_send_frame(context.pointer, nil) }
    }

    /// Returns the next packet; `nil` when the encoder needs another frame or has come to its end.
    public func nextPacket() throws(FFmpegError) -> Packet? {
        let packet = try Packet()
        let code = avcodec_receive_packet(context.pointer, packet.pointer)
        if code == AVERROR(EAGAIN) || code == AVERROR_EOF { return nil }
        try check("encode") { code }
        return packet
    }
}
