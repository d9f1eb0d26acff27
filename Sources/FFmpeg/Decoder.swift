import CFFmpeg

/// Turns packets into frames.
public final class Decoder {
    private let context: Owned<AVCodecContext>

    /// Opens a decoder for packets that are like `stream` says.
    ///
    /// `allowed` names decoders; empty means any. `preferred` names the one to take if it is there.
    public init(
        _ stream: StreamParameters,
        threads: Int = 1,
        deblocking: Deblocking = .all,
        maxPixels: Int = 1 << 27,
        allowed: [String] = [],
        preferred: String? = nil
    ) throws(FFmpegError) {
        let parameters = stream.parameters.pointer
        let name = String(cString: avcodec_get_name(parameters.pointee.codec_id))
        let favourite = preferred.flatMap { avcodec_find_decoder_by_name($0) }
        guard let codec = favourite ?? avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw FFmpegError(AVERROR_DECODER_NOT_FOUND, operation: "find decoder", subject: name)
        }
        guard allowed.isEmpty || allowed.contains(String(cString: codec.pointee.name)) else {
            throw FFmpegError(AVERROR_DECODER_NOT_FOUND, operation: "allow decoder", subject: name)
        }
        let context = try Owned("open decoder", avcodec_alloc_context3(codec))
        try check("set decoder parameters", subject: name) {
            avcodec_parameters_to_context(context.pointer, parameters)
        }
        context.pkt_timebase = stream.timeBase.value
        context.thread_count = Int32(clamping: threads)
        context.max_pixels = Int64(maxPixels)
        context.skip_loop_filter = deblocking.discard
        try check("open decoder", subject: name) { avcodec_open2(context.pointer, codec, nil) }
        self.context = context
    }

    /// Opens a decoder for pictures that are files of their own, by its name, for example `png`.
    public init(stillImage name: String, maxPixels: Int) throws(FFmpegError) {
        FFmpegLog.install()
        guard let codec = avcodec_find_decoder_by_name(name) else {
            throw FFmpegError(AVERROR_DECODER_NOT_FOUND, operation: "find decoder", subject: name)
        }
        let context = try Owned("open decoder", avcodec_alloc_context3(codec))
        context.thread_count = 1
        context.max_pixels = Int64(maxPixels)
        try check("open decoder", subject: name) { avcodec_open2(context.pointer, codec, nil) }
        self.context = context
    }

    /// Which pictures are decoded; the others cost nothing.
    public enum Selection: Sendable {
        case all
        /// Those that others are predicted from, which is enough to get to a later picture.
        case references
        case keyframes
    }

    /// Chooses what is decoded from the next packet on.
    public func select(_ selection: Selection) {
        context.skip_frame =
            switch selection {
            case .all: AVDISCARD_DEFAULT
            case .references: AVDISCARD_NONREF
            case .keyframes: AVDISCARD_NONKEY
            }
    }

    /// Chooses where edges are smoothed from the next packet on.
    public func deblock(_ deblocking: Deblocking) { context.skip_loop_filter = deblocking.discard }

    /// Hands a packet to the decoder; its frames must then be fetched until there is none.
    public func send(_ packet: borrowing Packet) throws(FFmpegError) {
        let code = avcodec_send_packet(context.pointer, packet.pointer)
        try check("decode") { code }
    }

    /// Says that no more packets will come.
    public func sendEnd() throws(FFmpegError) {
        try check("end decoding") { avcodec_send_packet(context.pointer, nil) }
    }

    /// Forgets everything that was sent, so that a packet from anywhere in the stream may come next.
    public func reset() { avcodec_flush_buffers(context.pointer) }

    /// Returns the next frame; `nil` when the decoder needs another packet or has come to its end.
    public func nextFrame() throws(FFmpegError) -> Frame? {
        let frame = try Frame()
        let code = avcodec_receive_frame(context.pointer, frame.pointer)
        if code == AVERROR(EAGAIN) || code == AVERROR_EOF { return nil }
        try check("decode") { code }
        return frame
    }

    /// What a filter graph must know about the sound that comes out, once the first frame was decoded.
    public var soundTraits: SoundTraits {
        SoundTraits(
            sampleRate: Int(context.sample_rate),
            sampleFormat: av_get_sample_fmt_name(context.sample_fmt).map { String(cString: $0) } ?? "unknown",
            channelLayout: Self.channelLayoutName(&context.pointer.pointee.ch_layout)
        )
    }

    /// The name of a layout; one without order, as in some WAV files, gets the usual order of that many channels.
    private static func channelLayoutName(_ layout: inout AVChannelLayout) -> String {
        if layout.order == AV_CHANNEL_ORDER_UNSPEC { av_channel_layout_default(&layout, layout.nb_channels) }
        var buffer = [CChar](repeating: 0, count: 256)
        av_channel_layout_describe(&layout, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// What a filter graph must know about the sound that enters it.
public struct SoundTraits: Sendable, Equatable {
    public var sampleRate: Int
    /// FFmpeg's name of the sample format, for example `fltp`.
    public var sampleFormat: String
    /// FFmpeg's description of the channels, for example `5.1`.
    public var channelLayout: String

    public init(sampleRate: Int, sampleFormat: String, channelLayout: String) {
        self.sampleRate = sampleRate
        self.sampleFormat = sampleFormat
        self.channelLayout = channelLayout
    }
}
