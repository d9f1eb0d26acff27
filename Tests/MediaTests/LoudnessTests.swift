import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct LoudnessTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Makes a package of a clip and returns the place of its `play.mp4`.
    func process(_ clip: URL, _ change: (inout PipelineDefinition.Audio) -> Void = { _ in }) throws -> URL {
        var pipeline = try PipelineDefinition.quick()
        change(&pipeline.audio)
        let output = folder.url.appending(path: "out-\(UUID())")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        _ = try VideoProcessor(pipeline: pipeline).process(source: clip.path, output: output)
        return output.appending(path: "play.mp4")
    }

    func clip(_ sound: String, seconds: Double = 6, codec: [String]? = nil) throws -> URL {
        let url = folder.url.appending(path: "clip-\(UUID()).mov")
        try SoundClips.make(url, sound: sound, seconds: seconds, codec: codec ?? ["-c:a", "pcm_s16le"])
        return url
    }

    static let speech = "anoisesrc=c=pink:r=48000:a=0.5:seed=1,tremolo=f=3:d=0.9,aformat=channel_layouts=stereo"

    @Test(
        arguments: [
            ("quiet", "\(speech),volume=-9dB"),
            ("loud", "\(speech),volume=25dB"),
            ("mono", "\(speech),pan=mono|c0=c0"),
            ("peaky", "\(speech),volume=-6dB,aeval='val(ch)+0.9*lt(mod(t,1),0.002)':c=same"),
            ("5.1", "\(speech),pan=5.1|c0=0.2*c0|c1=0.2*c1|c2=c0|c3=0.3*c0|c4=0.1*c1|c5=0.1*c1"),
            ("96 kHz", "\(speech),aresample=96000"),
            ("tone", "sine=f=440:r=44100,volume=10dB,aformat=channel_layouts=stereo"),
        ]
    )
    func everySoundComesOutEquallyLoud(name: String, sound: String) throws {
        let measured = try SoundClips.loudness(of: process(clip(sound)))
        #expect(abs(measured.integrated - -14) <= 1, "\(name)")
        #expect(measured.truePeak <= -0.5, "\(name)")
    }

    @Test func hissIsNotMadeLoud() throws {
        let hiss = try clip("anoisesrc=c=pink:r=48000:a=0.02:seed=1,aformat=channel_layouts=stereo")
        let before = try SoundClips.loudness(of: hiss).integrated
        let after = try SoundClips.loudness(of: process(hiss)).integrated
        #expect(before < -40)
        #expect(abs(after - before - Leveling.maxGain) <= 1)
    }

    @Test func silenceStaysSilent() throws {
        let silent = try clip("anullsrc=r=48000:cl=stereo", seconds: 2)
        #expect(try SoundClips.loudness(of: process(silent)).integrated == -70)
    }

    @Test func soundTooShortToMeasureStaysAsItIs() throws {
        let beep = "sine=f=440:r=48000,volume=6dB,aformat=channel_layouts=stereo"
        let short = try clip(beep, seconds: 0.35)
        let output = try process(short)
        let before = try SoundClips.samples(of: short, in: folder.url).left.map(abs).max() ?? 0
        let after = try SoundClips.samples(of: output, in: folder.url).left.map(abs).max() ?? 0
        #expect(before > 0.05)
        #expect(abs(Decibels.level(Double(after / before))) < 1)
    }

    @Test func definitionMayLeaveLoudnessAlone() throws {
        let quiet = try clip("\(Self.speech),volume=-10dB")
        let output = try process(quiet) { $0.normalizesLoudness = false }
        let (before, after) = try (SoundClips.loudness(of: quiet), SoundClips.loudness(of: output))
        #expect(abs(before.integrated - after.integrated) < 1)
    }

    @Test func limiterComesWithPeaks() throws {
        let settings = try PipelineDefinition.shortVideo().audio
        let calm = Leveling(for: Loudness(integrated: -20, truePeak: -10), settings)
        #expect(calm.gain == 6 && calm.ceiling == nil)
        let peaky = Leveling(for: Loudness(integrated: -20, truePeak: -3), settings)
        #expect(peaky.gain == 6 && peaky.ceiling == -1 - Leveling.codecMargin)
        let loud = Leveling(for: Loudness(integrated: -5, truePeak: 1), settings)
        #expect(loud.gain == -9 && loud.ceiling == nil)
        #expect(Leveling(for: Loudness(integrated: nil, truePeak: -3), settings) == .none)
    }

    @Test func gainMakesUpForTheLimiter() throws {
        let settings = try PipelineDefinition.shortVideo().audio
        let leveling = Leveling(for: Loudness(integrated: -24, truePeak: -1), settings)
        let short = Loudness(integrated: -16, truePeak: -2)
        #expect(leveling.corrected(for: short, settings)?.gain == 12)
        #expect(leveling.corrected(for: Loudness(integrated: -14.2, truePeak: -2), settings) == nil)
        let noise = Leveling(for: Loudness(integrated: -50, truePeak: -1), settings)
        #expect(noise.gain == Leveling.maxGain)
        #expect(noise.corrected(for: short, settings) == nil)
    }
}
