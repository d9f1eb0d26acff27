import Domain
import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

/// A video that was cut must look and play like one that was not.
@Suite struct ChunkedEncodingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// When each picture of `play.mp4` is shown and decoded, in the order of decoding.
    func times(_ package: String) throws -> [[Int64]] {
        let options = Demuxer.Options(formats: ["mov"])
        let path = folder.url.appending(path: "\(package)/play.mp4").path
        let demuxer = try Demuxer(path: path, options: options, deadline: Deadline(in: .seconds(30)))
        var times: [[Int64]] = []
        while let packet = try demuxer.nextPacket() {
            if packet.streamIndex == 0 { times.append([packet.pts ?? -1, packet.dts ?? -1]) }
        }
        return times
    }

    /// What a picture has in common with the one that was encoded nearly without loss, in decibels.
    func quality(_ package: String) throws -> [Double] {
        let statistics = folder.url.appending(path: "psnr-\(package)")
        let paths = [package, "reference"].flatMap { ["-i", folder.url.appending(path: "\($0)/play.mp4").path] }
        try SoundClips.ffmpeg(paths + ["-lavfi", "[0:v][1:v]psnr=stats_file=\(statistics.path)", "-f", "null", "-"])
        return try String(contentsOf: statistics, encoding: .utf8).matches(of: /psnr_y:([0-9.]+|inf)/).map {
            Double($0.1) ?? 100
        }
    }

    /// What a decoder complains about.
    func complaints(_ package: String, _ path: String) throws -> String {
        try SoundClips.ffmpeg(
            ["-v", "warning", "-i", folder.url.appending(path: "\(package)/\(path)").path, "-f", "null", "-"]
        )
    }

    @Test(arguments: ChunkClip.allCases)
    func chunksPlayLikeOneEncode(clip: ChunkClip) throws {
        let video = try ChunkedVideo(clip.make(in: folder.url), in: folder)
        let (whole, chunked) = (try video.encodeWhole(), try video.encodeChunked())
        #expect(video.plan.windows.count > 2)
        #expect(chunked.files.map(\.path) == whole.files.map(\.path))
        #expect(chunked.durationSeconds == whole.durationSeconds)
        for path in ["play.mp4", "hls/\(whole.renditions[0].name)/index.m3u8"] {
            #expect(try complaints("chunked", path) == "")
        }
        let (wholeTimes, chunkedTimes) = (try times("whole"), try times("chunked"))
        #expect(shown(chunkedTimes) == shown(wholeTimes))
        #expect(chunkedTimes.map { $0[1] } == wholeTimes.map { $0[1] })
        #expect(chunkedTimes.allSatisfy { $0[1] <= $0[0] })
        try expectNoSeams(video)
    }

    func shown(_ times: [[Int64]]) -> [Int64] { times.map { $0[0] }.sorted() }

    /// No picture is worse than the same one of one encode, neither at a cut nor anywhere else.
    func expectNoSeams(_ video: ChunkedVideo) throws {
        try video.encodeReference()
        let (whole, chunked) = (try quality("whole"), try quality("chunked"))
        #expect(whole.count == chunked.count)
        // What is above 45 dB looks like the source.
        let losses = zip(whole, chunked).map { max(0, min($0, 45.5) - $1) }
        // One step of an encoder's quantiser is up to 1 dB, and may fall on one picture or its neighbour.
        #expect(losses.allSatisfy { $0 < 1 }, "\(losses)")
        let runs = losses.indices.dropLast(4).map { losses[$0..<$0 + 5].reduce(0, +) / 5 }
        #expect(runs.allSatisfy { $0 < 0.5 }, "\(runs)")
    }
}
