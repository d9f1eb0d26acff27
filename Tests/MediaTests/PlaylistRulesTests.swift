import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// A good package with one lie in a playlist: exactly the rule against it fires.
@Suite struct PlaylistRulesTests {
    let package: GoodPackage
    let master = "hls/master.m3u8"
    let index = "hls/120/index.m3u8"

    init() throws { package = try GoodPackage() }

    @Test func goodPackageBreaksNoRule() {
        let report = package.report()
        #expect(report.errors == [])
        #expect(report.notes == [])
        #expect(report.package?.renditions.map(\.name) == ["240", "120"])
    }

    @Test(
        arguments: [
            ("BANDWIDTH=", "BANDWIDTH=1", .bandwidth), ("AVERAGE-BANDWIDTH=", "AVERAGE-BANDWIDTH=1", .averageBandwidth),
            ("avc1.6400", "avc1.6401", .codecs), ("mp4a.40.2", "mp4a.40.5", .codecs),
            ("RESOLUTION=426x240,FRAME", "RESOLUTION=428x240,FRAME", .resolution),
            ("FRAME-RATE=24.000", "FRAME-RATE=30.000", .frameRate),
            ("VIDEO-RANGE=SDR", "VIDEO-RANGE=PQ", .videoRange), (",VIDEO-RANGE=SDR", "", .videoRange),
            ("#EXT-X-INDEPENDENT-SEGMENTS\n", "", .independentSegments),
            ("240/iframes.m3u8", "360/iframes.m3u8", .iframes), ("CODECS=\"avc1", "CODECS=avc1", .playlistSyntax),
        ] as [(String, String, VerificationRule)]
    )
    func lieInTheMasterIsFound(text: String, lie: String, rule: VerificationRule) throws {
        // AVERAGE-BANDWIDTH ends like BANDWIDTH.
        if text == "BANDWIDTH=" {
            try package.replace(/([:,])BANDWIDTH=/, in: master) { "\($0.1)BANDWIDTH=1" }
        } else {
            try package.replace(text, with: lie, in: master)
        }
        #expect(package.broken == [rule])
    }

    @Test(
        arguments: [
            ("EXTINF:2.000000", "EXTINF:1.900000", .extinf), ("TARGETDURATION:2", "TARGETDURATION:1", .targetDuration),
            ("TARGETDURATION:2", "TARGETDURATION:3", .targetDuration), ("VERSION:7", "VERSION:4", .version),
            ("#EXT-X-PLAYLIST-TYPE:VOD\n", "", .playlistType),
            ("PLAYLIST-TYPE:VOD", "PLAYLIST-TYPE:EVENT", .playlistType),
            ("#EXT-X-ENDLIST\n", "", .playlistType), ("#EXT-X-MAP:URI=\"init.mp4\"\n", "", .map),
            ("#EXTM3U\n", "", .playlistSyntax), ("segment-00002", "segment-00003", .files),
        ] as [(String, String, VerificationRule)]
    )
    func lieInAMediaPlaylistIsFound(text: String, lie: String, rule: VerificationRule) throws {
        try package.replace(text, with: lie, in: index)
        #expect(package.broken == [rule])
    }

    @Test(
        arguments: [
            ("@0", "@1"), ("segment-00002.m4s", "segment-00001.m4s"), ("#EXT-X-I-FRAMES-ONLY\n", ""),
            ("EXTINF:2.000000", "EXTINF:1.000000"), ("init.mp4", "other.mp4"),
        ]
    )
    func wrongIFramePlaylistIsFound(text: String, lie: String) throws {
        try package.replace(text, with: lie, in: "hls/120/iframes.m3u8")
        #expect(package.broken == [.iframes])
    }

    @Test func differentSegmentsAreNotAligned() throws {
        try package.takeSmallRung(from: GoodPackage.make { $0.video.segmentSeconds = 1.6 })
        #expect(package.broken == [.aligned])
    }

    @Test func oneRungThatEndsSoonerIsFound() throws {
        let short = try TemporaryFolder()
        let clip = short.url.appending(path: "short.mkv").path
        try Remux.copy(Samples.browser, to: clip, picturesUntil: 3.5, soundUntil: 3.5)
        try package.takeSmallRung(from: GoodPackage.make(clip))
        #expect(package.broken == [.sameDuration])
    }

    @Test func rungOfAnotherShapeIsFound() throws {
        let folder = try TemporaryFolder()
        let square = folder.url.appending(path: "square.mp4").path
        try Command.ffmpeg(
            "-i \(Samples.browser) -vf scale=240:240,setsar=1 -preset ultrafast square.mp4",
            in: folder.url
        )
        try package.takeSmallRung(from: GoodPackage.make(square))
        #expect(package.broken == [.aspectRatio])
    }

    @Test func unexplainedFileIsFound() throws {
        try Data("x".utf8).write(to: package.file("hls/240/segment-00009.m4s"))
        #expect(package.broken == [.files])
    }

    @Test func missingChoiceAndLateStartAreNoted() throws {
        // The first variant is what players start with; one that takes 9 Mbit/s is a bad start.
        var variants = [9_000_000, 1_000_000].map { bits in
            MultivariantPlaylist.Variant(
                uri: "\(bits)",
                bandwidth: bits,
                averageBandwidth: bits,
                codecs: "avc1.64001f",
                width: 2,
                height: 2,
                framesPerSecond: 1
            )
        }
        #expect(choice(variants) == [.startVariant])
        variants.removeLast()
        #expect(choice(variants) == [.severalBitrates])
        variants = MultivariantPlaylist.inPlayersOrder(variants)
        variants[0].codecs = "hvc1.1.6.L93.B0"
        #expect(choice(variants + variants) == [.startVariant])
    }

    func choice(_ variants: [MultivariantPlaylist.Variant]) -> Set<VerificationRule> {
        var findings = Findings()
        LadderRules.checkChoice(variants, "master.m3u8", &findings)
        return Set(findings.all.map(\.rule))
    }

    @Test func peakOfMoreThanTwiceTheAverageIsNoted() {
        let variant = MultivariantPlaylist.Variant(
            uri: "x",
            bandwidth: 2100,
            averageBandwidth: 1000,
            codecs: "avc1.64001f",
            width: 2,
            height: 2,
            framesPerSecond: 1
        )
        var findings = Findings()
        VariantRules.checkBandwidth(variant, peak: 2100, average: 1000, &findings)
        #expect(findings.all.map(\.rule) == [.peak])
        #expect(findings.errors == [])
    }
}
