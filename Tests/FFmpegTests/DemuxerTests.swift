import FFmpeg
import Foundation
import TestSupport
import Testing

@Suite struct DemuxerTests {
    func open(
        _ path: String,
        formats: [String] = ["mov", "matroska"],
        deadline: Duration = .seconds(30),
        change: (inout Demuxer.Options) -> Void = { _ in }
    ) throws -> Demuxer {
        var options = Demuxer.Options(formats: formats)
        change(&options)
        return try Demuxer(path: path, options: options, deadline: Deadline(in: deadline))
    }

    @Test func seekingStopsAtAKeyframeBefore() throws {
        let demuxer = try open(Samples.sunrise)
        let video = try #require(demuxer.streams.first { $0.kind == .video })
        demuxer.select([video.index])
        for _ in 0..<100 { _ = try demuxer.nextPacket() }
        // The sample has one keyframe, its first.
        try demuxer.seek(to: video.timeBase.units(seconds: 3.5), in: video)
        guard let packet = try demuxer.nextPacket() else {
            Issue.record("nothing follows a seek")
            return
        }
        let (isKeyframe, time) = (packet.isKeyframe, packet.pts)
        #expect(isKeyframe && time == 0)
    }

    @Test func describesStreams() throws {
        let demuxer = try open(Samples.sunrise)
        #expect(demuxer.formatName == "mov,mp4,m4a,3gp,3g2,mj2")
        #expect(demuxer.streams.map(\.kind) == [.video, .audio])
        let video = try #require(demuxer.streams.first)
        #expect(video.width == 1280 && video.height == 720)
        #expect(video.codec == "h264" && video.frameRate == Rational(30, 1))
        #expect(demuxer.streams[1].channels == 2 && demuxer.streams[1].sampleRate == 48_000)
        #expect(abs(try #require(demuxer.durationSeconds) - 6) < 0.05)
    }

    @Test func turnsClockwise() throws {
        let video = try #require(try open(Samples.portrait).streams.first)
        #expect(video.rotationDegrees == 90)
        #expect(!video.isMirrored)
        #expect(video.width == 1280 && video.height == 720)
    }

    /// The matrix (a, b, c, d) of `tkhd`, which takes coded x and y to shown x and y, and what a player does.
    @Test(arguments: [
        ([1, 0, 0, 1], 0, false), ([0, 1, -1, 0], 90, false), ([-1, 0, 0, -1], 180, false),
        ([0, -1, 1, 0], 270, false),
        ([-1, 0, 0, 1], 0, true), ([0, -1, -1, 0], 90, true), ([1, 0, 0, -1], 180, true), ([0, 1, 1, 0], 270, true),
    ])
    func everyDisplayMatrixIsUnderstood(matrix: [Int32], degrees: Int, isMirrored: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "matrix-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "clip.mov")
        try DisplayMatrix.write(matrix, into: Data(contentsOf: URL(filePath: Samples.portrait))).write(to: file)
        let video = try #require(try open(file.path).streams.first)
        #expect(video.rotationDegrees == degrees)
        #expect(video.isMirrored == isMirrored)
    }

    @Test func readsEveryPacketOfTheSelectedStreams() throws {
        let demuxer = try open(Samples.sunrise)
        demuxer.select([0])
        var pictures = 0
        while let packet = try demuxer.nextPacket() {
            #expect(packet.streamIndex == 0)
            pictures += 1
        }
        #expect(pictures == 180)
    }

    @Test func missingFileNamesThePath() {
        let error = #expect(throws: FFmpegError.self) { try open("/nowhere/clip.mp4") }
        #expect(error?.operation == "open input")
        #expect(error?.description.contains("/nowhere/clip.mp4") == true)
    }

    @Test func formatsOffTheListAreNotRecognised() {
        let error = #expect(throws: FFmpegError.self) { try open(Samples.sunrise, formats: ["avi"]) }
        #expect(error?.operation == "open input")
    }

    @Test func protocolsOffTheListAreNotUsed() {
        #expect(throws: FFmpegError.self) { try open(Samples.sunrise) { $0.protocols = ["pipe"] } }
    }

    @Test func namesThatLookLikeURLsAreFiles() {
        let error = #expect(throws: FFmpegError.self) { try open("http://127.0.0.1:1/clip.mp4") }
        #expect(error?.description.contains("No such file") == true)
    }

    @Test func streamsBeyondTheLimitAreAnError() {
        #expect(throws: FFmpegError.self) { try open(Samples.sunrise) { $0.maxStreams = 1 } }
    }

    @Test func passedDeadlineEndsTheCall() {
        let error = #expect(throws: FFmpegError.self) { try open(Samples.sunrise, deadline: .seconds(-1)) }
        #expect(error?.reason == .interrupted)
    }

    @Test func indexKnowsWhatIsThere() throws {
        let demuxer = try open(Samples.sunrise)
        let size = try FileManager.default.attributesOfItem(atPath: Samples.sunrise)[.size] as? Int64 ?? 0
        for stream in demuxer.streams {
            let whole = try #require(demuxer.indexedSeconds(of: stream, within: size))
            #expect(abs(whole.all - 6) < 0.1 && whole.present == whole.all)
            let half = try #require(demuxer.indexedSeconds(of: stream, within: size / 2))
            #expect(half.all == whole.all && half.present > 1 && half.present < 5)
        }
    }
}
