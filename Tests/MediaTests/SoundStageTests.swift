import Foundation
import TestSupport
import Testing

@testable import Media

/// What reaches `play.mp4` of all kinds of sound.
@Suite struct SoundStageTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Makes a package, without making the sound louder unless asked to, and returns the place of its `play.mp4`.
    func process(_ clip: URL, normalizes: Bool = false) throws -> URL {
        var pipeline = try PipelineDefinition.quick()
        pipeline.audio.normalizesLoudness = normalizes
        let output = folder.url.appending(path: "out-\(UUID())")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        _ = try VideoProcessor(pipeline: pipeline).process(source: clip.path, output: output)
        return output.appending(path: "play.mp4")
    }

    func clip(
        _ sound: String,
        _ name: String = "clip.mov",
        seconds: Double = 3,
        codec: [String] = ["-c:a", "pcm_s16le"],
        other: [String] = []
    ) throws -> URL {
        let url = folder.url.appending(path: name)
        try SoundClips.make(url, sound: sound, seconds: seconds, codec: codec, other: other)
        return url
    }

    /// Silence, and one cycle of a wave at second 1.
    static func click(_ layout: String = "stereo", rate: Int = 48_000) -> String {
        "aevalsrc='0.5*sin(2*PI*500*t)*between(t,1,1.002)':c=\(layout):s=\(rate)"
    }

    /// When the first loud sample plays, in seconds.
    func firstSound(_ url: URL) throws -> Double? {
        let samples = try SoundClips.samples(of: url, in: folder.url)
        let loud = (samples.left.map(abs).max() ?? 0) / 2
        return samples.left.firstIndex { abs($0) > loud }.map { Double($0) / 48_000 }
    }

    func level(_ samples: [Float]) -> Double {
        Decibels.level((samples.reduce(0) { $0 + Double($1 * $1) } / Double(max(1, samples.count))).squareRoot())
    }

    @Test(
        arguments: [
            ("clip.mov", click(), ["-c:a", "pcm_s16be"]), ("clip.mov", click(rate: 96_000), ["-c:a", "pcm_s24be"]),
            ("clip.mov", click(), ["-c:a", "alac"]), ("clip.mp4", click(), ["-c:a", "libopus", "-b:a", "96k"]),
            ("clip.mp4", click(rate: 44_100), ["-c:a", "aac"]), ("clip.mkv", click(), ["-c:a", "flac"]),
            ("clip.mkv", click("mono", rate: 8000), ["-c:a", "pcm_mulaw"]), ("clip.ts", click(), ["-c:a", "aac"]),
            ("clip.mp4", click("5.1"), ["-c:a", "aac"]),
        ]
    )
    func everyCodecIsHeardAtItsTime(name: String, sound: String, codec: [String]) throws {
        let clip = try clip(sound, name, codec: codec)
        for normalizes in [false, true] {
            let start = try #require(try firstSound(process(clip, normalizes: normalizes)))
            #expect(abs(start - 1) < 0.004, "\(start) \(normalizes)")
        }
    }

    @Test func monoIsHeardOnBothSides() throws {
        let clip = try clip("sine=f=440:r=44100,volume=-6dB,aformat=channel_layouts=mono")
        let before = try SoundClips.samples(of: clip, in: folder.url)
        let after = try SoundClips.samples(of: process(clip), in: folder.url)
        #expect(abs(level(after.left) - level(after.right)) < 0.01)
        // ffmpeg itself gives mono to both sides 3 dB lower.
        #expect(abs(level(after.left) - level(before.left) - 3) < 0.3)
    }

    @Test(arguments: [("FL", true, false), ("FR", false, true), ("FC", true, true), ("BL", true, false)])
    func surroundKeepsItsSides(channel: String, left: Bool, right: Bool) throws {
        let tone = "0.5*sin(2*PI*440*t)"
        let order = ["FL", "FR", "FC", "LFE", "BL", "BR"]
        let clip = try clip(
            "aevalsrc='\(order.map { $0 == channel ? tone : "0" }.joined(separator: "|"))':c=5.1:s=48000"
        )
        let after = try SoundClips.samples(of: process(clip), in: folder.url)
        // A sine of 0.5 has -9 dB; a channel alone loses 7.7 dB, so that all six together stay within full scale, and
        // the centre and the back 3 dB more.
        #expect((level(after.left) > -21) == left)
        #expect((level(after.right) > -21) == right)
        #expect(left || level(after.left) < -50)
        #expect(right || level(after.right) < -50)
    }

    @Test func lateSoundStaysLate() throws {
        let click = try clip(Self.click(), "click.mov")
        let late = folder.url.appending(path: "late.mov")
        try SoundClips.ffmpeg(
            [
                "-i", click.path, "-itsoffset", "0.5", "-i", click.path, "-map", "0:v", "-map", "1:a", "-c", "copy",
                late.path,
            ]
        )
        let start = try #require(try firstSound(process(late)))
        #expect(abs(start - 1.5) < 0.004)
    }

    @Test(arguments: [0.06, 0.5]) func gapIsFilled(seconds: Double) throws {
        // Matroska keeps the times of packets: those of a quarter of a second are dropped before the click, and the
        // rest comes later by what the gap adds.
        let gap = try clip(
            "\(Self.click()),asetpts='PTS+gte(T,0.5)*\(seconds)/TB'",
            "gap.mkv",
            codec: ["-c:a", "pcm_s16le"],
            other: ["-fflags", "+genpts"]
        )
        let start = try #require(try firstSound(process(gap)))
        #expect(abs(start - 1 - seconds) < 0.004)
    }

    @Test func soundThatStopsIsFollowedBySilence() throws {
        let short = try clip("\(Self.click()),atrim=end=1.5", codec: ["-c:a", "aac"])
        let samples = try SoundClips.samples(of: process(short), in: folder.url).left
        #expect(abs(Double(samples.count) / 48_000 - 3) < 0.05)
    }
}
