import FFmpeg
import TestSupport
import Testing

@Suite struct DecoderTests {
    func frameCount(_ path: String, _ configure: (StreamParameters) throws -> Decoder) throws -> Int {
        let demuxer = try Demuxer(
            path: path,
            options: .init(formats: ["mov", "matroska"]),
            deadline: Deadline(in: .seconds(30))
        )
        let decoder = try configure(demuxer.parameters(of: demuxer.streams[0]))
        demuxer.select([0])
        var count = 0
        while let packet = try demuxer.nextPacket() {
            try decoder.send(packet)
            while try decoder.nextFrame() != nil { count += 1 }
        }
        try decoder.sendEnd()
        while try decoder.nextFrame() != nil { count += 1 }
        return count
    }

    @Test(arguments: [(Samples.sunrise, 180), (Samples.silent, 100), (Samples.browser, 96)])
    func everyFrameComesOut(path: String, expected: Int) throws {
        #expect(try frameCount(path) { try Decoder($0) } == expected)
    }

    @Test func decodersOffTheListAreNotOpened() {
        let error = #expect(throws: FFmpegError.self) {
            try frameCount(Samples.silent) { try Decoder($0, allowed: ["vp9"]) }
        }
        #expect(error?.reason == .notFound)
        #expect(error?.subject == "h264")
    }

    @Test func picturesBeyondTheLimitAreNotDecoded() {
        #expect(throws: FFmpegError.self) { try frameCount(Samples.silent) { try Decoder($0, maxPixels: 640 * 479) } }
    }
}
