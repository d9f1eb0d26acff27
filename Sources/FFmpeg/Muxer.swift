import CFFmpeg

/// Writes packets into a container.
///
/// A muxer is not `Sendable`: one thread makes it, writes to it and drops it.
public final class Muxer {
    private let context: Owned<AVFormatContext>
    private let output: Output
    private let inputTimeBases: [Rational]
    private let subject: String

    /// Where the container's bytes go.
    private enum Output {
        case file
        case memory(MemoryWriter)
    }

    /// Creates the file `path` and writes the container's header.
    ///
    /// `options` are the muxer's, by FFmpeg's names; an unknown one is an error.
    public init(
        path: String,
        format: String,
        streams: [StreamParameters],
        options: [String: String] = [:]
    ) throws(FFmpegError) {
        FFmpegLog.install()
        subject = path
        inputTimeBases = streams.map(\.timeBase)
        // The prefix keeps a name like `a:b.mp4` from being taken for a URL.
        let url = "file:\(path)"
        context = try Self.makeContext(format, streams, url: url)
        output = .file
        let pointer = context.pointer
        try check("create output", subject: path) { avio_open(&pointer.pointee.pb, url, AVIO_FLAG_WRITE) }
        // Every property is set, so deinit runs, and closes the file, even if this throws.
        try writeHeader(options)
    }

    /// Writes into memory, from where `takeBytes` fetches it.
    public init(
        inMemoryFormat format: String,
        streams: [StreamParameters],
        options: [String: String] = [:]
    ) throws(FFmpegError) {
        FFmpegLog.install()
        subject = format
        inputTimeBases = streams.map(\.timeBase)
        context = try Self.makeContext(format, streams)
        let writer = try MemoryWriter()
        output = .memory(writer)
        context.pb = writer.context.pointer
        context.flags |= AVFMT_FLAG_CUSTOM_IO
        try writeHeader(options)
    }

    deinit {
        if case .file = output { avio_closep(&context.pointer.pointee.pb) }
    }

    private static func makeContext(
        _ format: String,
        _ streams: [StreamParameters],
        url: String? = nil
    ) throws(FFmpegError) -> Owned<AVFormatContext> {
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        try check("make output", subject: format) { avformat_alloc_output_context2(&allocated, nil, format, url) }
        let context = try Owned("make output", allocated)
        for source in streams {
            let stream = try unwrap("add stream", avformat_new_stream(context.pointer, nil))
            let parameters = source.parameters.pointer
            try check("add stream") { avcodec_parameters_copy(stream.pointee.codecpar, parameters) }
            // Apple's players want the parameter sets in the header alone, which `hvc1` promises; the default is `hev1`.
            if format == "mp4", source.parameters.codec_id == AV_CODEC_ID_HEVC {
                stream.pointee.codecpar.pointee.codec_tag = cffmpeg_tag_hvc1
            }
            stream.pointee.time_base = source.timeBase.value
            stream.pointee.avg_frame_rate = source.frameRate.value
            stream.pointee.sample_aspect_ratio = source.parameters.sample_aspect_ratio
        }
        return context
    }

    private func writeHeader(_ options: [String: String]) throws(FFmpegError) {
        try withDictionary(options) { (dictionary) throws(FFmpegError) in
            try check("write header", subject: subject) { avformat_write_header(context.pointer, &dictionary) }
        }
    }

    /// Writes a packet whose times are in its `StreamParameters`'s time base.
    ///
    /// Packets are written in the order of calls: the caller interleaves.
    public func write(_ packet: consuming Packet, stream: Int) throws(FFmpegError) {
        guard let target = context.pointer.pointee.streams[stream] else { return }
        let raw = packet.pointer
        raw.pointee.stream_index = Int32(clamping: stream)
        raw.pointee.pos = -1
        av_packet_rescale_ts(raw, inputTimeBases[stream].value, target.pointee.time_base)
        try check("write packet", subject: subject) { av_write_frame(context.pointer, raw) }
    }

    /// Ends a fragment, of a container that was opened with `movflags=frag_custom`.
    public func flushFragment() throws(FFmpegError) {
        try check("flush fragment", subject: subject) { av_write_frame(context.pointer, nil) }
        avio_flush(context.pb)
    }

    /// What was written into memory since the last call.
    public func takeBytes() -> [UInt8] {
        guard case .memory(let writer) = output else { return [] }
        avio_flush(context.pb)
        return writer.takeBytes()
    }

    /// Writes the container's end and closes the file.
    public func finish() throws(FFmpegError) {
        try check("write trailer", subject: subject) { av_write_trailer(context.pointer) }
        if case .file = output {
            // Reports the errors of writes that were still buffered, a full disk for example.
            try check("close output", subject: subject) { avio_closep(&context.pointer.pointee.pb) }
        }
    }
}
