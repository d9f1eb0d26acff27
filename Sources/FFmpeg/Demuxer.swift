import CFFmpeg

/// Reads packets from a media file.
///
/// A demuxer is not `Sendable`: one thread opens it, reads it and drops it.
public final class Demuxer {
    /// What a demuxer is allowed to do with a file from a stranger.
    public struct Options: Sendable {
        /// Names of demuxers that may be tried.
        ///
        /// Others, playlists above all, are not even recognised.
        public var formats: [String]
        /// Names of decoders that may be opened to learn about streams; empty means any.
        public var decoders: [String] = []
        /// Names of protocols through which bytes may be read.
        public var protocols = ["file"]
        /// How much is read to recognise the format and describe the streams.
        public var probeBytes = 5 << 20
        public var analyzeSeconds = 5.0
        /// The number of streams from which on the file does not open.
        public var maxStreams = 1000
        /// The number of pixels of a picture from which on it is not decoded.
        public var maxPixels = 1 << 27

        public init(formats: [String]) { self.formats = formats }
    }

    /// The file that is being read.
    public let path: String
    /// The demuxer's short name, for example `mov,mp4,m4a,3gp,3g2,mj2`.
    public let formatName: String
    public let streams: [StreamInfo]

    private let context: Owned<AVFormatContext>
    private var selected: Set<Int>?
    // The context points to it.
    private let deadline: Deadline

    /// Opens a file and reads enough of it to describe its streams.
    ///
    /// Every later call also ends at `deadline`.
    public init(path: String, options: Options, deadline: Deadline) throws(FFmpegError) {
        FFmpegLog.install()
        self.path = path
        self.deadline = deadline
        context = try Self.open(path, options, deadline)
        try Self.describeStreams(context.pointer, path, options)
        formatName = String(cString: context.pointer.pointee.iformat.pointee.name)
        streams = (0..<Int(context.nb_streams)).compactMap { [pointer = context.pointer] index in
            pointer.pointee.streams[index].map { StreamInfo($0, in: pointer) }
        }
    }

    private static func open(
        _ path: String,
        _ options: Options,
        _ deadline: Deadline
    ) throws(FFmpegError) -> Owned<AVFormatContext> {
        let context = try unwrap("open input", avformat_alloc_context())
        context.pointee.interrupt_callback = deadline.callback
        var settings = [
            "format_whitelist": options.formats.joined(separator: ","),
            "protocol_whitelist": options.protocols.joined(separator: ","),
            "probesize": "\(options.probeBytes)",
            "analyzeduration": "\(Int64(options.analyzeSeconds * Double(AV_TIME_BASE)))",
            "max_streams": "\(options.maxStreams)",
        ]
        if !options.decoders.isEmpty { settings["codec_whitelist"] = options.decoders.joined(separator: ",") }
        // On failure avformat_open_input frees the context and sets the pointer to nil.
        // The prefix keeps a name like `http:x.mp4` from being taken for a URL.
        var opened: UnsafeMutablePointer<AVFormatContext>? = context
        try withDictionary(settings) { (dictionary) throws(FFmpegError) in
            try check("open input", subject: path) { avformat_open_input(&opened, "file:\(path)", nil, &dictionary) }
        }
        return try Owned("open input", opened)
    }

    /// Finds what headers leave open by decoding a little, one dictionary of decoder options per stream.
    private static func describeStreams(
        _ context: UnsafeMutablePointer<AVFormatContext>,
        _ path: String,
        _ options: Options
    ) throws(FFmpegError) {
        var dictionaries = [OpaquePointer?](repeating: nil, count: Int(context.pointee.nb_streams))
        for index in dictionaries.indices {
            av_dict_set(&dictionaries[index], "max_pixels", "\(options.maxPixels)", 0)
            av_dict_set(&dictionaries[index], "threads", "1", 0)
        }
        defer { for index in dictionaries.indices { av_dict_free(&dictionaries[index]) } }
        try check("read stream info", subject: path) { avformat_find_stream_info(context, &dictionaries) }
    }

    /// In seconds; `nil` when the container does not say.
    public var durationSeconds: Double? {
        Packet.time(context.duration).map { Double($0) / Double(AV_TIME_BASE) }
    }

    /// Whether the duration was only estimated from the size and the bitrate.
    public var isDurationEstimated: Bool { context.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE }

    /// Whether files of this format may hold several recordings, each with times of its own.
    public var clockMayRestart: Bool { context.iformat.pointee.flags & AVFMT_TS_DISCONT != 0 }

    /// Whether the file as a whole says that it cannot be decoded without a key, as Windows Media does.
    public var isProtected: Bool {
        guard formatName == "asf" else { return false }
        return ["ASF_Protection_Type", "ASF_Key_ID", "encryption"].contains { (key: String) in
            av_dict_get(context.metadata, key, nil, 0) != nil
        }
    }

    /// How many seconds of a stream the container's index lists, and how many of them lie in the first `bytes`.
    ///
    /// `nil` without an index that lists every packet.
    public func indexedSeconds(of stream: StreamInfo, within bytes: Int64) -> (all: Double, present: Double)? {
        guard let pointer = context.pointer.pointee.streams[stream.index] else { return nil }
        let count = avformat_index_get_entries_count(pointer)
        guard
            let first = avformat_index_get_entry(pointer, 0)?.pointee.timestamp,
            let last = avformat_index_get_entry(pointer, count - 1)?.pointee.timestamp
        else { return nil }
        let missing = (0..<count).lazy.compactMap { avformat_index_get_entry(pointer, $0)?.pointee }
            .first { $0.pos > bytes - Int64($0.size) }
        let unit = stream.timeBase.doubleValue
        // The last packet lasts about as long as the others do on average.
        let all = (Double(last) - Double(first)) * unit * (count > 1 ? Double(count) / Double(count - 1) : 1)
        return (all, missing.map { (Double($0.timestamp) - Double(first)) * unit } ?? all)
    }

    /// When the earliest stream starts, in seconds.
    public var startSeconds: Double {
        Packet.time(context.start_time).map { Double($0) / Double(AV_TIME_BASE) } ?? 0
    }

    /// Skips all streams but these.
    public func select(_ indices: Set<Int>) {
        selected = indices
        for index in 0..<Int(context.nb_streams) {
            context.pointer.pointee.streams[index]?.pointee.discard =
                indices.contains(index) ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
    }

    /// Returns the next packet of the selected streams, or `nil` at the end of the file.
    public func nextPacket() throws(FFmpegError) -> Packet? {
        while true {
            let packet = try Packet()
            let code = av_read_frame(context.pointer, packet.pointer)
            if code == AVERROR_EOF { return nil }
            try check("read packet", subject: path) { code }
            // Packets that were read to describe the streams come out even if their stream is discarded since.
            if selected?.contains(packet.streamIndex) != false { return packet }
        }
    }

    /// Goes back or forward to a place at or before `time`, in the stream's time base, where its decoding can start.
    ///
    /// How near that is depends on the container; some cannot do it at all, which is an error.
    public func seek(to time: Int64, in stream: StreamInfo) throws(FFmpegError) {
        try check("seek", subject: path) {
            av_seek_frame(context.pointer, Int32(clamping: stream.index), time, AVSEEK_FLAG_BACKWARD)
        }
    }

    /// The last keyframe at or before `time`; `nil` if the container has no index, or none there.
    public func indexedKeyframe(before time: Int64, in stream: StreamInfo) -> IndexedPacket? {
        guard let raw = context.pointer.pointee.streams[stream.index] else { return nil }
        let entry = av_index_search_timestamp(raw, time, AVSEEK_FLAG_BACKWARD)
        return avformat_index_get_entry(raw, entry).map {
            IndexedPacket(time: $0.pointee.timestamp, sizeBytes: Int($0.pointee.size))
        }
    }

    /// Goes back to the first packet.
    ///
    /// Throws for a file that cannot be searched, which then goes on where it was.
    public func rewind() throws(FFmpegError) {
        let isByBytes = context.iformat.pointee.flags & AVFMT_NO_BYTE_SEEK == 0
        let start = isByBytes ? 0 : context.start_time
        try check("rewind", subject: path) {
            av_seek_frame(context.pointer, -1, start, isByBytes ? AVSEEK_FLAG_BYTE : AVSEEK_FLAG_BACKWARD)
        }
    }

    /// What a decoder must know about one of the streams.
    public func parameters(of stream: StreamInfo) throws(FFmpegError) -> StreamParameters {
        try StreamParameters(unwrap("find stream", context.pointer.pointee.streams[stream.index]))
    }
}
