import CFFmpeg

/// A libavfilter graph, described by text.
///
/// The text names its ends: it starts with `buffer@in=…` or `abuffer@in=…`,
/// and every end is a `buffersink@NAME` or `abuffersink@NAME`.
public final class FilterGraph {
    /// One end of a graph, from which frames are pulled.
    public struct Sink {
        // The filter belongs to the graph.
        private let graph: FilterGraph
        private let context: UnsafeMutablePointer<AVFilterContext>

        fileprivate init(_ context: UnsafeMutablePointer<AVFilterContext>, of graph: FilterGraph) {
            self.context = context
            self.graph = graph
        }

        /// Returns the next frame; `nil` when the graph needs more input or has come to its end.
        public func nextFrame() throws(FFmpegError) -> Frame? {
            let frame = try Frame()
            let code = av_buffersink_get_frame(context, frame.pointer)
            if code == AVERROR(EAGAIN) || code == AVERROR_EOF { return nil }
            try check("filter") { code }
            return frame
        }

        /// The unit of the frames' times.
        public var timeBase: Rational { Rational(av_buffersink_get_time_base(context)) }

        public var width: Int { Int(av_buffersink_get_w(context)) }
        public var height: Int { Int(av_buffersink_get_h(context)) }

        /// Makes every run of sound, except the last, this many samples long.
        public func setFrameSize(_ samples: Int) { av_buffersink_set_frame_size(context, UInt32(clamping: samples)) }
    }

    private let graph: Owned<AVFilterGraph>
    private let source: UnsafeMutablePointer<AVFilterContext>

    public init(_ text: String) throws(FFmpegError) {
        FFmpegLog.install()
        graph = try Owned("make filter graph", avfilter_graph_alloc())
        graph.nb_threads = 1
        var inputs: UnsafeMutablePointer<AVFilterInOut>?
        var outputs: UnsafeMutablePointer<AVFilterInOut>?
        defer {
            avfilter_inout_free(&inputs)
            avfilter_inout_free(&outputs)
        }
        let pointer = graph.pointer
        try check("parse filters", subject: text) { avfilter_graph_parse2(pointer, text, &inputs, &outputs) }
        guard inputs == nil, outputs == nil else {
            throw FFmpegError(AVERROR(EINVAL), operation: "connect filters", subject: text)
        }
        try check("configure filters", subject: text) { avfilter_graph_config(pointer, nil) }
        let name = text.hasPrefix("abuffer") ? "abuffer@in" : "buffer@in"
        source = try unwrap("find filter", subject: name, avfilter_graph_get_filter(pointer, name))
    }

    /// The end called `name` in the text, for example `buffersink@out`.
    public func sink(_ name: String) throws(FFmpegError) -> Sink {
        Sink(try unwrap("find filter", subject: name, avfilter_graph_get_filter(graph.pointer, name)), of: self)
    }

    /// Hands a frame to the graph, which shares its pixels or samples.
    public func push(_ frame: borrowing Frame) throws(FFmpegError) {
        let code = av_buffersrc_add_frame_flags(source, frame.pointer, Int32(AV_BUFFERSRC_FLAG_KEEP_REF))
        try check("filter") { code }
    }

    /// Says that no more frames will come.
    public func pushEnd() throws(FFmpegError) {
        try check("end filtering") { av_buffersrc_add_frame_flags(source, nil, 0) }
    }
}
