import Domain
import Foundation
import Media
import TestSupport
import Testing

@Suite struct MediaProbeTests {
    let folder: TemporaryFolder
    let limits: PipelineDefinition.Limits

    init() throws {
        folder = try TemporaryFolder()
        limits = try PipelineDefinition.shortVideo().limits
    }

    func refusal(_ data: Data, _ change: (inout PipelineDefinition.Limits) -> Void = { _ in }) throws -> MediaRefusal? {
        let file = folder.url.appending(path: "clip.mp4")
        try data.write(to: file)
        var limits = limits
        change(&limits)
        return #expect(throws: MediaRefusal.self) { try MediaProbe(limits: limits).probe(file.path) }
    }

    func sample(_ path: String = Samples.sunrise) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    @Test func describesPicturesAndSound() throws {
        let info = try MediaProbe(limits: limits).probe(Samples.portrait)
        #expect(info.video.displayWidth == 720 && info.video.displayHeight == 1280)
        #expect(info.video.rotationDegrees == 90)
        #expect(info.audio?.codec == "aac")
        #expect(abs(info.durationSeconds - 5) < 0.1)
        #expect(info.sizeBytes > 10_000)
    }

    @Test func silenceIsNotAMistake() throws {
        #expect(try MediaProbe(limits: limits).probe(Samples.silent).audio == nil)
    }

    @Test func unstatedDurationIsFound() throws {
        let info = try MediaProbe(limits: limits).probe(Samples.browser)
        #expect(abs(info.durationSeconds - 4) < 0.1)
    }

    @Test func unstatedDurationIsLimitedToo() throws {
        #expect(try refusal(sample(Samples.browser)) { $0.maxSeconds = 2 }?.code == .tooLong)
    }

    @Test func emptyFileIsRefused() throws { #expect(try refusal(Data())?.code == .empty) }

    @Test func noiseIsRefused() throws {
        var generator = SystemRandomNumberGenerator()
        let noise = Data((0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) })
        #expect([.notMedia, .unsupportedFormat].contains(try refusal(noise)?.code))
    }

    @Test(arguments: [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"file:///etc/passwd\"/></svg>",
        "#!/bin/sh\nreboot\n",
    ])
    func filesThatPointElsewhereAreRefused(text: String) throws {
        #expect([.notMedia, .unsupportedFormat].contains(try refusal(Data(text.utf8))?.code))
    }

    @Test func fileWithoutItsEndIsTruncated() throws {
        // The sample's index is at its end.
        #expect(try refusal(sample().dropLast(100_000))?.code == .truncated)
    }

    @Test func streamsAreCounted() throws {
        #expect(try refusal(sample()) { $0.maxStreams = 1 }?.code == .tooManyStreams)
    }

    @Test func sizeIsLimited() throws {
        #expect(try refusal(sample()) { $0.maxBytes = 1000 }?.code == .tooLarge)
    }

    @Test func timeIsLimited() throws {
        #expect(try refusal(sample()) { $0.probeSeconds = -1 }?.code == .tooExpensive)
    }

    @Test func missingFileIsNotTheCreatorsFault() {
        let error = #expect(throws: MediaError.self) { try MediaProbe(limits: limits).probe("/nowhere/clip.mp4") }
        #expect(error?.code == .sourceUnreadable)
    }

    @Test func folderIsNoFile() {
        let error = #expect(throws: MediaError.self) { try MediaProbe(limits: limits).probe("/tmp") }
        #expect(error?.code == .sourceUnreadable)
    }
}
