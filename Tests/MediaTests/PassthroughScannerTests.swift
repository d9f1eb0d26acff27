import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct PassthroughScannerTests {
    static let picture = "-f lavfi -i testsrc2=s=320x240:r=10:d=4"

    func facts(_ clip: Clip) throws -> PassthroughFacts? {
        try PassthroughScanner.facts(of: clip.url.path, limits: PipelineDefinition.shortVideo().limits)
    }

    func objection(_ clip: Clip) throws -> String? {
        guard let facts = try facts(clip) else { return "plainly not" }
        return PassthroughCheck.objection(to: facts, bounds: .first, video: try PipelineDefinition.shortVideo().video)
    }

    @Test func ordinaryFileIsDescribed() throws {
        let clip = try Clip(
            "clip.mp4",
            "\(Self.picture) -pix_fmt yuv420p -c:v libx264 -profile:v main -g 15 -x264-params scenecut=0"
        )
        let facts = try #require(try facts(clip))
        #expect(facts.profile == 77)
        #expect(facts.keyframeTimes.map { ($0 * 10).rounded() } == [0, 15, 30])
        #expect(abs(facts.endSeconds - 4) < 0.01)
        #expect(abs(facts.framesPerSecond - 10) < 0.1)
        #expect(abs(facts.shortestFrame - 0.1) < 0.001 && abs(facts.longestFrame - 0.1) < 0.001)
        // The container's headers hardly count in a file of pictures alone.
        let bits = try Double(clip.sizeBytes * 8)
        #expect(abs(Double(facts.averageBitsPerSecond) - bits / 4) < 0.1 * bits / 4)
        #expect(facts.peakBitsPerSecond >= facts.averageBitsPerSecond)
        #expect(try objection(clip) == nil)
    }

    @Test(arguments: [
        ("mp4", "-g 15 -x264-params open-gop=1:scenecut=0:bframes=2", "plainly not"),
        ("mp4", "-flags +ilme+ildct -x264-params tff=1", "plainly not"),
        ("ts", "-g 15", "plainly not"),
        ("mp4", "-g 250 -r 5 -vf tpad=stop_mode=clone:stop_duration=5", "keyframes"),
        ("mp4", "-vf setsar=4/3", "plainly not"),
        ("mp4", "-color_trc smpte2084 -color_primaries bt2020 -colorspace bt2020nc", "colours"),
    ])
    func otherFileIsEncoded(container: String, options: String, word: String) throws {
        let clip = try Clip("clip.\(container)", "\(Self.picture) -pix_fmt yuv420p -c:v libx264 \(options)")
        #expect(try objection(clip)?.contains(word) == true)
    }

    @Test func turnedPictureIsEncoded() throws {
        let clip = try Clip(
            "clip.mp4",
            "\(Self.picture) -pix_fmt yuv420p -c:v libx264 -g 15 upright.mp4",
            "-i upright.mp4 -c copy -metadata:s:v:0 rotate=90"
        )
        #expect(try objection(clip) == "plainly not")
    }

    @Test func soundThatGoesOnIsNotCutForACopy() throws {
        let clip = try Clip(
            "clip.mp4",
            "\(Self.picture) -f lavfi -i sine=d=5.5 -pix_fmt yuv420p -c:v libx264 -g 15 -c:a aac"
        )
        var pipeline = try PipelineDefinition.inputs()
        pipeline.video.passthrough = true
        let processed = try clip.process(pipeline)
        #expect(processed.result.copiedRendition == nil)
        #expect(abs(processed.result.package.durationSeconds - 5.5) < 0.1)
    }

    @Test func copyKeepsVariableFrameRatesAndLateKeyframes() throws {
        let clip = try Clip(
            "clip.mp4",
            "\(Self.picture) -vf select='not(between(n,12,14))' -fps_mode vfr -pix_fmt yuv420p -c:v libx264 -g 13"
        )
        var pipeline = try PipelineDefinition.inputs()
        pipeline.video.passthrough = true
        var small = pipeline.video.rungs[0]
        small.shortSide = 120
        pipeline.video.rungs.append(small)
        let result = try clip.process(pipeline).result
        #expect(result.copiedRendition == "240")
        #expect(result.package.renditions.map(\.name) == ["240", "120"])
        #expect(abs(result.package.durationSeconds - 4) < 0.1)
    }
}
