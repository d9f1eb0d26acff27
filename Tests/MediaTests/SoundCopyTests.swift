import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// AAC that already is as asked for is copied, packet by packet.
@Suite struct SoundCopyTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Whether the package of a clip has the clip's own packets.
    func isCopied(
        _ clip: URL,
        _ change: (inout PipelineDefinition.Audio) -> Void = { $0.normalizesLoudness = false }
    ) throws -> Bool {
        let output = try process(clip, change)
        let (source, copy) = try (
            SoundClips.packets(of: clip, in: folder.url), SoundClips.packets(of: output, in: folder.url)
        )
        return source.count > 20 && source == copy
    }

    func process(_ clip: URL, _ change: (inout PipelineDefinition.Audio) -> Void) throws -> URL {
        var pipeline = try PipelineDefinition.quick()
        change(&pipeline.audio)
        let output = folder.url.appending(path: "out-\(UUID())")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        _ = try VideoProcessor(pipeline: pipeline).process(source: clip.path, output: output)
        return output.appending(path: "play.mp4")
    }

    func clip(
        _ name: String = "clip.mp4",
        sound: String = tone,
        seconds: Double = 3,
        codec: [String] = ["-c:a", "aac", "-b:a", "128k"],
        other: [String] = []
    ) throws -> URL {
        let url = folder.url.appending(path: name)
        try SoundClips.make(url, sound: sound, seconds: seconds, codec: codec, other: other)
        return url
    }

    static let tone = "sine=f=440:r=48000,volume=-6dB,aformat=channel_layouts=stereo"

    @Test(arguments: ["clip.mp4", "clip.mov", "clip.mkv", "clip.flv"])
    func stereoIsCopied(name: String) throws {
        #expect(try isCopied(clip(name)))
    }

    @Test func rateOfCompactDiscsIsCopied() throws {
        #expect(try isCopied(clip(sound: "\(Self.tone),aresample=44100")))
    }

    @Test(
        arguments: [
            ("mono", "clip.mp4", "\(tone),pan=mono|c0=c0", ["-c:a", "aac"]),
            (
                "too large", "clip.mp4", "anoisesrc=a=0.5,aformat=channel_layouts=stereo",
                ["-c:a", "aac", "-b:a", "320k"]
            ),
            ("headers in packets", "clip.ts", tone, ["-c:a", "aac"]),
            ("another codec", "clip.mkv", tone, ["-c:a", "libmp3lame"]),
            ("stops too soon", "clip.mp4", "\(tone),atrim=end=2", ["-c:a", "aac"]),
            ("low rate", "clip.mp4", "\(tone),aresample=22050", ["-c:a", "aac"]),
            ("gap", "clip.mkv", "\(tone),asetpts='PTS+gte(T,1)*0.2/TB'", ["-c:a", "aac"]),
        ]
    )
    func otherSoundIsEncoded(name: String, file: String, sound: String, codec: [String]) throws {
        #expect(try !isCopied(clip(file, sound: sound, codec: codec)), "\(name)")
    }

    @Test func definitionMayForbidCopies() throws {
        let clip = try clip()
        #expect(try !isCopied(clip) { ($0.normalizesLoudness, $0.passthrough) = (false, false) })
    }

    @Test func onlyRightLoudnessIsCopied() throws {
        // A sine of amplitude a on both sides has 20 log a - 0.7 LUFS; this one has 1/8, and 3 dB less on each side.
        for (volume, isRight) in [(7.75, true), (0.0, false), (12.0, false)] {
            let tone = "sine=f=997:r=48000,volume=\(volume)dB,aformat=channel_layouts=stereo"
            #expect(try isCopied(clip(sound: tone)) { _ in } == isRight, "\(volume)")
        }
    }

    @Test func lateSoundIsNotCopied() throws {
        let clip = try clip()
        let late = folder.url.appending(path: "late.mp4")
        try SoundClips.ffmpeg(
            [
                "-i", clip.path, "-itsoffset", "0.3", "-i", clip.path, "-map", "0:v", "-map", "1:a", "-c", "copy",
                late.path,
            ]
        )
        #expect(try !isCopied(late))
    }

    @Test func brokenPacketsAreNotCopied() throws {
        let clip = try clip("clip.mkv")
        let broken = folder.url.appending(path: "broken.mkv")
        try SoundClips.ffmpeg(["-i", clip.path, "-c", "copy", "-bsf:a", "noise=amount=4000", broken.path])
        #expect(try !isCopied(broken))
    }

    @Test(arguments: [0, 1024, 2112])
    func delayOfTheSourcesEncoderStaysCutOff(priming: Int) throws {
        let click = "aevalsrc='0.5*sin(2*PI*500*t)*between(t,1,1.002)':c=stereo:s=48000"
        // The packets of sound start `priming` samples before 0, or at 0 without an edit list.
        let clip = try clip("source.mov", sound: click, codec: ["-c:a", "aac", "-b:a", "96k"])
        let shifted = folder.url.appending(path: "shifted.mov")
        let shift = Double(1024 - priming) / 48_000
        try SoundClips.ffmpeg(
            [
                "-i", clip.path, "-itsoffset", "\(shift)", "-i", clip.path, "-map", "0:v", "-map", "1:a", "-c", "copy",
                "-avoid_negative_ts", "disabled", shifted.path,
            ]
        )
        let expected = try #require(try firstSound(shifted))
        #expect(abs(expected - 1 - shift) < 0.002)
        let output = try process(shifted) { $0.normalizesLoudness = false }
        let start = try #require(try firstSound(output))
        #expect(abs(start - expected) < 0.002)
    }

    func firstSound(_ url: URL) throws -> Double? {
        let samples = try SoundClips.samples(of: url, in: folder.url).left
        let loud = (samples.map(abs).max() ?? 0) / 2
        return samples.firstIndex { abs($0) > loud }.map { Double($0) / 48_000 }
    }
}
