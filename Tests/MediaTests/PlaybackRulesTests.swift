import FFmpeg
import Foundation
import Testing

@testable import Media

/// A good package whose `play.mp4` is made anew, with a fault: exactly the rule against it fires.
@Suite struct PlaybackRulesTests {
    let package: GoodPackage

    init() throws { package = try GoodPackage() }

    @Test func remadeFileIsStillRight() throws {
        try package.remake("-map 0 -c copy")
        #expect(package.broken == [])
    }

    @Test func indexBehindTheDataIsFound() throws {
        try package.remake("-map 0 -c copy", options: "")
        #expect(package.broken == [.faststart])
    }

    @Test func twoEditsAreFound() throws {
        try package.remake("-itsoffset 0.03 -i old.mp4 -map 0:v -map 1:a -c copy")
        #expect(package.broken.isSuperset(of: [.editList]) && package.broken.isSubset(of: [.editList, .priming]))
    }

    @Test func soundThatComesLateIsFound() throws {
        try package.remake("-itsoffset 0.09 -i old.mp4 -map 0:v -map 1:a -c copy")
        #expect(package.broken.subtracting([.editList, .priming]) == [.avSync])
    }

    @Test func shorterSoundIsNoted() throws {
        try package.remake("-t 3.5 -i old.mp4 -map 0:v -map 1:a -c copy")
        #expect(package.report().notes.map(\.rule) == [.trackDurations])
    }

    @Test func fullRangeIsFound() throws {
        try package.remake("-map 0 -c copy -bsf:v h264_metadata=video_full_range_flag=1")
        #expect(package.broken == [.colour])
    }

    @Test func highDynamicRangeIsFound() throws {
        try package.remake(
            "-map 0 -c copy -bsf:v h264_metadata=colour_primaries=9:transfer_characteristics=16:matrix_coefficients=9"
        )
        #expect(package.broken == [.colour])
    }

    @Test(
        arguments: [
            ("-pix_fmt yuv420p10le", .bitDepth), ("-pix_fmt yuv444p", .bitDepth),
            ("-flags +ildct+ilme", .progressive),
            ("-x264-params force-cfr=1:open-gop=1:keyint=24:bframes=3", .startsWithIDR),
            ("-x264-params keyint=250:scenecut=0", .gopLength), ("-vf setsar=4/3", .squarePixels),
        ] as [(String, VerificationRule)]
    )
    func wrongPicturesAreFound(options: String, rule: VerificationRule) throws {
        try package.remake("-map 0 -c:a copy -preset veryfast -color_range tv \(options)")
        // What an encoder was not told about colours it does not say.
        #expect(package.broken.subtracting([.colourSignalled]) == [rule])
    }

    @Test func coloursWithoutANameAreNoted() throws {
        let colors = "setparams=color_primaries=unknown:color_trc=unknown:colorspace=unknown"
        try package.remake("-map 0 -c:a copy -preset veryfast -g 48 -vf \(colors)")
        #expect(package.broken == [.colourSignalled])
    }

    @Test func soundFarFromItsPicturesIsNoted() throws {
        let old = package.file("old.mp4")
        try FileManager.default.moveItem(at: package.file("play.mp4"), to: old)
        let streams = try Demuxer(
            path: old.path,
            options: .init(formats: ["mov"]),
            deadline: Deadline(in: .seconds(30))
        )
        let muxer = try Muxer(
            path: package.file("play.mp4").path,
            format: "mp4",
            streams: streams.streams.map { try streams.parameters(of: $0) },
            options: ["movflags": "+faststart"]
        )
        for stream in 0..<2 {
            let demuxer = try Demuxer(
                path: old.path,
                options: .init(formats: ["mov"]),
                deadline: Deadline(in: .seconds(30))
            )
            demuxer.select([stream])
            while let packet = try demuxer.nextPacket() { try muxer.write(packet, stream: stream) }
        }
        try muxer.finish()
        try FileManager.default.removeItem(at: old)
        #expect(package.broken == [.interleaving])
    }

    @Test func fileOfOtherPicturesIsFound() throws {
        try package.remake("-map 0:v -map 0:a -c copy -t 3")
        #expect(Set(package.report().errors.map(\.rule)) == [.samePictures])
    }

    @Test func costlySoundIsNoted() throws {
        var findings = Findings()
        SoundRules.checkBitrate(bytes: 60_000, seconds: 2, "play.mp4", &findings)
        #expect(findings.notes.map(\.rule) == [.audioBitrate])
        findings = Findings()
        SoundRules.checkBitrate(bytes: 32_000, seconds: 2, "play.mp4", &findings)
        #expect(findings.all == [])
    }

    @Test func oddSizeAndUnknownProfileAreFound() {
        var entry = VideoParameters(codecs: "av01.0.04M.08", profile: 0, level: 4, width: 641, height: 360)
        entry.color = .init(primaries: 1, transfer: 1, matrix: 1, isFullRange: false)
        #expect(rules(entry) == [.evenSize])
        entry.width = 640
        entry.profile = 2
        #expect(rules(entry) == [.profile])
    }

    /// The rules that a stream of AV1 breaks whose container agrees with it.
    func rules(_ parameters: VideoParameters) -> [VerificationRule] {
        var entry = SampleEntry(format: "av01", configuration: [0x81, 4, 0x0c, 0])
        (entry.width, entry.height) = (parameters.width, parameters.height)
        var findings = Findings()
        PictureRules.check(parameters, entry, "init.mp4", &findings)
        return findings.all.map(\.rule)
    }
}
