import Domain
import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

/// Numbers of files, playlists and manifests that arithmetic would trap on: each is rejected, or ends at a limit.
@Suite struct HostileNumberTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A player's matrix with the smallest number of 32 bits ended the process that probed the file.
    @Test func extremeDisplayMatrixIsProbed() throws {
        let clip = try Clip("clip.mp4", "-f lavfi -i testsrc2=s=320x240:r=10:d=1 -pix_fmt yuv420p -c:v libx264")
        var file = try Data(contentsOf: clip.url)
        try BoxEditor.overwrite(["moov", "trak", "tkhd"], at: 40, with: [0x80, 0, 0, 0], in: &file)
        let url = folder.url.appending(path: "matrix.mp4")
        try file.write(to: url)
        let info = try MediaProbe(limits: PipelineDefinition.shortVideo().limits).probe(url.path)
        #expect(info.video.isMirrored)
    }

    @Test func measuredBitratesEndAtALimit() {
        let samples = [1e300, -1e300, 1e-300, .infinity, .nan, 4e12, 4e12, 4e12].map {
            Bandwidth.Sample(sizeBytes: .max, durationSeconds: $0)
        }
        #expect(Bandwidth.peak(samples, targetDuration: .max) >= 0)
        #expect(Bandwidth.average([.init(sizeBytes: .max, durationSeconds: 1e-300)]) == .max)
        var findings = Findings()
        SoundRules.checkBitrate(bytes: .max, seconds: 1e-300, "play.mp4", &findings)
        #expect(findings.notes.count == 1)
    }

    @Test(arguments: [
        "#EXT-X-TARGETDURATION:9223372036854775807\n#EXTINF:2,\na.m4s",
        "#EXT-X-TARGETDURATION:2\n#EXTINF:99999999999999999999,\na.m4s",
        "#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n#EXT-X-BYTERANGE:9223372036854775807@1\na.m4s",
    ])
    func playlistsWithImpossibleNumbersAreNone(lines: String) {
        #expect(throws: PlaylistError.self) { try MediaPlaylist(parsing: "#EXTM3U\n\(lines)\n#EXT-X-ENDLIST\n") }
    }

    @Test func cellsBeyondEverySheetAreNone() {
        let text = "WEBVTT\n\n00:00.000 --> 00:01.000\ns.jpg#xywh=9223372036854775807,0,1,1\n"
        #expect(StoryboardMap(parsing: text) == nil)
    }

    /// A sequence parameter set may say 2^32 blocks a side, whose product has no 64 bits.
    @Test func impossibleSizesOfPicturesAreRejected() {
        // Baseline; three small numbers, then 32 zeros and 33 ones for each side.
        let side = String(repeating: "0", count: 32) + String(repeating: "1", count: 33)
        let bits = "1" + "1" + "011" + "1" + "1" + side + side + "1" + "0" + "0" + "0" + "1"
        let padded = Array(bits + String(repeating: "0", count: 8 - bits.count % 8))
        let payload = stride(from: 0, to: padded.count, by: 8).compactMap {
            UInt8(String(padded[$0..<$0 + 8]), radix: 2)
        }
        // Three zeros in a row need a byte between them.
        var unit: [UInt8] = [0x67, 66, 0, 30]
        for byte in payload { unit += unit.suffix(2) == [0, 0] && byte <= 3 ? [3, byte] : [byte] }
        let header: [UInt8] = [1, 66, 0, 30, 0xff, 0xe1, 0, UInt8(unit.count)]
        let entry = SampleEntry(format: "avc1", configuration: header + unit)
        #expect(throws: MalformedMedia("has pictures of 137438953456 × 137438953456 pixels")) {
            try VideoParameters(entry)
        }
    }

    @Test func impossibleNumbersOfBoxesAreRejected() throws {
        for bytes in [[0x7f] + [UInt8](repeating: 0xff, count: 7), [0x80] + [UInt8](repeating: 0, count: 7)] {
            var reader = ByteReader(bytes[...])
            #expect(throws: MalformedMedia.self) { try reader.integer(8) }
        }
        var reader = ByteReader([UInt8](repeating: 0xff, count: 8)[...])
        #expect(try reader.integer(8) == -1)
    }

    @Test(arguments: [
        ([0, Int64.max], 0, 2), ([Int64.min, 0], 1, 2), ([0, 1], -1, 2), ([0, 1], Int.min, 2), ([0, 1], 1, Int.max),
    ])
    func chunksWithImpossibleNumbersAreNotJoined(times: [Int64], delay: Int, frames: Int) throws {
        let manifest = ChunkManifest(
            window: .init(startSeconds: 0, endSeconds: nil),
            timeBase: Rational(1, 25),
            times: times,
            rungs: [.init(name: "720", reorderDelay: delay, frameRate: Rational(25, 1))],
            endSeconds: 1,
            decodedFrames: frames,
            brokenPictures: 0
        )
        try ManifestFile.write(manifest, to: folder.url.appending(path: ChunkLayout.manifest))
        #expect(throws: MediaError.self) { try ChunkSet(folders: [folder.url]) }
    }

    @Test(arguments: [1e300, .infinity]) func endlessVideosHaveAFiniteNumberOfChunks(seconds: Double) throws {
        let plan = try #require(ChunkPlan(durationSeconds: seconds, pipeline: .shortVideo()))
        #expect(plan.windows.count == 86_400)
    }

    /// Yams multiplies numbers in sixties without a look at overflows.
    @Test(arguments: ["9223372036854775807:0", "1:0:0:0:0:0:0:0:0:0:0:0", "-9223372036854775808", "1e400", ".nan"])
    func impossibleNumbersOfPipelinesAreMistakes(number: String) throws {
        let valid = try String(contentsOfFile: PipelineDefinition.shortVideoPath, encoding: .utf8)
        let yaml = valid.replacing(/(?m)^( *max_side:) .*$/) { "\($0.1) \(number)" }
        #expect(yaml != valid)
        #expect(throws: PipelineDefinitionError.self) { try PipelineDefinition(yaml: yaml, path: "p.yaml") }
    }

    @Test func extremeTimeBasesHaveAWorkingOne() {
        for source in [Rational(.max, 1), Rational(1, .max), Rational(.max, .max), Rational(-1, 0)] {
            #expect(TranscodePlan.workingTimeBase(for: source).denominator > 0)
        }
    }
}
