import Domain
import FFmpeg
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Media

@Suite struct VideoProcessorTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func process(_ path: String, _ pipeline: PipelineDefinition? = nil) throws -> VideoProcessor.Result {
        try VideoProcessor(pipeline: pipeline ?? .quick()).process(source: path, output: folder.url)
    }

    func contents(_ path: String, formats: [String] = ["mov"]) throws -> ContainerContents {
        try ContainerContents(path: folder.url.appending(path: path).path, formats: formats)
    }

    @Test func packageHasExactlyTheseFiles() throws {
        let package = try process(Samples.sunrise).package
        let segments = ["240", "120"].flatMap { rung in
            ["index.m3u8", "iframes.m3u8", "init.mp4", "segment-00001.m4s", "segment-00002.m4s", "segment-00003.m4s"]
                .map {
                    "hls/\(rung)/\($0)"
                }
        }
        let covers = ["cover.jpg", "cover.webp", "cover-small.jpg", "cover-small.webp"]
        let expected = ["play.mp4", "hls/master.m3u8"] + covers + segments
        #expect(Set(package.files.map(\.path)) == Set(expected))
        #expect(package.files.count == expected.count)
        #expect(package.files.allSatisfy { $0.sizeBytes > 0 })
        #expect(package.width == 426 && package.height == 240)
        #expect(package.renditions.map(\.name) == ["240", "120"])
        #expect(package.renditions.allSatisfy { $0.codecs.hasSuffix(",mp4a.40.2") })
        #expect(try PackageVerifier(folder: folder.url).verify() == package)
    }

    @Test func everyRenditionStartsSegmentsWithKeyframesAtTheSameTimes() throws {
        _ = try process(Samples.sunrise)
        for rung in ["240", "120"] {
            let contents = try contents("hls/\(rung)/index.m3u8", formats: ["hls", "mov"])
            #expect(contents.frameCount == 180)
            for start in [0.0, 2, 4] { #expect(contents.keyframeTimes.contains { abs($0 - start) < 0.001 }) }
        }
    }

    @Test func soundStaysWithThePictures() throws {
        _ = try process(Samples.sunrise)
        for (path, formats) in [("play.mp4", ["mov"]), ("hls/240/index.m3u8", ["hls", "mov"])] {
            #expect(abs(try contents(path, formats: formats).soundOffset) < 0.045)
        }
    }

    @Test func turnedPictureComesOutUpright() throws {
        let package = try process(Samples.portrait).package
        #expect(package.width == 240 && package.height == 426)
        let playback = try Demuxer(
            path: folder.url.appending(path: "play.mp4").path,
            options: .init(formats: ["mov"]),
            deadline: Deadline(in: .seconds(30))
        )
        #expect(playback.streams.allSatisfy { $0.rotationDegrees == 0 })
    }

    @Test func silentVideoGetsNoSoundTrack() throws {
        let package = try process(Samples.silent).package
        #expect(try !contents("play.mp4").hasSound)
        #expect(package.renditions.allSatisfy { !$0.codecs.contains("mp4a") })
    }

    @Test func pictureStaysWhileSoundGoesOn() throws {
        // The browser's sample has four seconds of sound; its pictures are cut to the first two.
        let short = folder.url.appending(path: "short.mkv")
        try Remux.copy(Samples.browser, to: short.path, picturesUntil: 2)
        let output = folder.url.appending(path: "out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        let package = try VideoProcessor(pipeline: .quick()).process(source: short.path, output: output).package
        #expect(abs(package.durationSeconds - 4) < 0.1)
        let segments = package.files.filter { $0.path.hasPrefix("hls/240/segment") }
        #expect(segments.count == 2)
    }

    @Test func lastPictureOfAVariableRateIsShownToItsEnd() throws {
        // Pictures that are missing at the start make the encoder's delay longer than all that follow.
        let source = "-f lavfi -i testsrc=s=320x240:r=5:d=4"
        try Command.ffmpeg("\(source) -vf select=not(between(n\\,1\\,3)) -vsync vfr vfr.mp4", in: folder.url)
        let output = folder.url.appending(path: "out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        let path = folder.url.appending(path: "vfr.mp4").path
        var pipeline = try PipelineDefinition.quick()
        pipeline.video.passthrough = false
        let package = try VideoProcessor(pipeline: pipeline).process(source: path, output: output).package
        #expect(abs(package.durationSeconds - 4) < 0.01)
    }

    @Test func unstatedDurationIsKept() throws {
        let result = try process(Samples.browser)
        #expect(abs(result.package.durationSeconds - 4) < 0.1)
        #expect(abs(result.package.durationSeconds - result.info.durationSeconds) < 0.1)
    }

    @Test func progressOnlyGrowsAndEndsAtOne() throws {
        let fractions = Mutex<[Double]>([])
        _ = try VideoProcessor(pipeline: .quick()).process(source: Samples.silent, output: folder.url) { progress in
            fractions.withLock { $0.append(progress.fraction) }
        }
        let seen = fractions.withLock { $0 }
        #expect(seen.count > 50)
        #expect(seen == seen.sorted())
        #expect(seen.last == 1)
    }

    @Test func cancelledWorkLeavesNothing() throws {
        let cancellation = Cancellation()
        let error = #expect(throws: MediaError.self) {
            try VideoProcessor(pipeline: .quick()).process(
                source: Samples.sunrise,
                output: folder.url,
                cancellation: cancellation
            ) { if $0.fraction > 0.2 { cancellation.cancel() } }
        }
        #expect(error?.code == .cancelled)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func fileThatEndsTooSoonLeavesNothing() throws {
        // A stream of packets has no index to compare with, so this is found only by decoding to the end.
        let cut = folder.url.appending(path: "cut.mp4")
        let whole = try Data(contentsOf: URL(filePath: Samples.sunrise))
        try whole.prefix(whole.count / 2).write(to: cut)
        let output = folder.url.appending(path: "out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        let refusal = #expect(throws: MediaRefusal.self) {
            try VideoProcessor(pipeline: .quick()).process(source: cut.path, output: output)
        }
        #expect(refusal?.code == .truncated)
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
    }

    @Test func defaultLadderMakesThreeRungsOfThisSample() throws {
        let package = try process(Samples.sunrise, .shortVideo()).package
        #expect(package.renditions.map { "\($0.width)x\($0.height)" } == ["1280x720", "854x480", "640x360"])
        let cover = try contents("cover.jpg", formats: ["jpeg_pipe", "image2"])
        #expect(cover.width == 1280 && cover.height == 720)
    }
}
