import FFmpeg
import TestSupport
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

    /// The types that are asked for are those that come out, and that packets tell.
    @Test func typesOfPicturesAreTakenAndTold() throws {
        let options = Demuxer.Options(formats: ["mov"])
        let demuxer = try Demuxer(path: Samples.sunrise, options: options, deadline: Deadline(in: .seconds(60)))
        let video = demuxer.streams[0]
        let encoder = try Encoder(
            video: "libx264",
            width: video.width,
            height: video.height,
            pixelFormat: "yuv420p",
            timeBase: Rational(1, 25),
            frameRate: Rational(25, 1),
            options: ["preset": "ultrafast", "bf": "3", "threads": "1", "forced-idr": "1"]
        )
        let asked: [PictureType] = [
            .key, .predicted, .bidirectional, .bidirectional, .predicted, .key, .bidirectional, .predicted,
        ]
        let decoder = try Decoder(demuxer.parameters(of: video))
        var told: [Int64: PictureType] = [:]
        func fetch() throws {
            while let packet = try encoder.nextPacket() { told[packet.pts ?? -1] = packet.pictureType }
        }
        var count = 0
        while count < asked.count, let packet = try demuxer.nextPacket() {
            guard packet.streamIndex == video.index else { continue }
            try decoder.send(packet)
            while count < asked.count, let frame = try decoder.nextFrame() {
                frame.pts = Int64(count)
                frame.setPictureType(asked[count])
                try encoder.send(frame)
                try fetch()
                count += 1
            }
        }
        try encoder.sendEnd()
        try fetch()
        #expect(asked.indices.map { told[Int64($0)] } == asked)
    }
}
