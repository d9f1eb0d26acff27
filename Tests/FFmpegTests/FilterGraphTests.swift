import FFmpeg
import Testing

@Suite struct FilterGraphTests {
    static let source = "buffer@in=video_size=64x48:pix_fmt=yuv420p:time_base=1/25:pixel_aspect=1/1"

    @Test func knowsWhatComesOut() throws {
        let graph = try FilterGraph("\(Self.source),scale=32:24,settb=1/90000,buffersink@out")
        let sink = try graph.sink("buffersink@out")
        #expect(sink.width == 32 && sink.height == 24)
        #expect(sink.timeBase == Rational(1, 90_000))
    }

    @Test func emptyGraphNeedsInput() throws {
        let graph = try FilterGraph("\(Self.source),buffersink@out")
        let sink = try graph.sink("buffersink@out")
        #expect(try sink.nextFrame() == nil)
        try graph.pushEnd()
        #expect(try sink.nextFrame() == nil)
    }

    @Test func unknownFilterIsNamed() {
        let error = #expect(throws: FFmpegError.self) { try FilterGraph("\(Self.source),sharpenn,buffersink@out") }
        #expect(error?.description.contains("sharpenn") == true)
    }

    @Test func looseEndIsAnError() {
        #expect(throws: FFmpegError.self) { try FilterGraph("\(Self.source),split[a][b];[a]buffersink@out") }
    }

    @Test func missingEndIsAnError() throws {
        let graph = try FilterGraph("\(Self.source),buffersink@out")
        #expect(throws: FFmpegError.self) { try graph.sink("buffersink@other") }
    }
}
