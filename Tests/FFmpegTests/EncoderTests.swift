import FFmpeg
import Testing

@Suite struct EncoderTests {
    func open(_ name: String = "libx264", options: [String: String] = [:]) throws -> Encoder {
        try Encoder(
            video: name,
            width: 64,
            height: 48,
            pixelFormat: "yuv420p",
            timeBase: Rational(1, 12_800),
            frameRate: Rational(25, 1),
            options: options
        )
    }

    @Test func headerIsKnownBeforeTheFirstFrame() throws {
        let encoder = try open(options: ["preset": "ultrafast", "threads": "1"])
        #expect(encoder.stream.timeBase == Rational(1, 12_800))
        #expect(encoder.stream.extradata.starts(with: [0, 0, 0, 1]))
    }

    @Test func misspeltOptionIsAnError() {
        let error = #expect(throws: FFmpegError.self) { try open(options: ["presett": "fast"]) }
        #expect(error?.reason == .unknownOption)
        #expect(error?.subject == "presett")
    }

    @Test func unknownEncoderIsNamed() {
        let error = #expect(throws: FFmpegError.self) { try open("libx265000") }
        #expect(error?.reason == .notFound)
        #expect(error?.subject == "libx265000")
    }

    @Test func soundEncoderSaysHowManySamplesItTakes() throws {
        let encoder = try Encoder(audio: "aac", sampleRate: 48_000, channels: 2, options: ["b": "128k"])
        #expect(encoder.frameSize == 1024)
        #expect(encoder.stream.frameRate.doubleValue == 0)
    }
}
