import Foundation
import TestSupport
import Testing

@testable import Media

/// The pictures beside a video of 640 x 360 and 4 s.
@Suite struct PictureFileRulesTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Command.ffmpeg("-f lavfi -i testsrc=s=640x360 -frames:v 1 cover.jpg", in: folder.url)
        try Command.ffmpeg("-f lavfi -i testsrc=s=320x180 -frames:v 1 cover-small.jpg", in: folder.url)
        try Command.ffmpeg("-f lavfi -i testsrc=s=640x360 -frames:v 1 cover.webp", in: folder.url)
        try Command.ffmpeg("-f lavfi -i testsrc=s=160x90:d=1:r=4 -c:v libwebp_anim preview.webp", in: folder.url)
        try Command.ffmpeg("-f lavfi -i testsrc=s=320x90 -frames:v 1 storyboard.jpg", in: folder.url)
        try write(map(), to: "storyboard.vtt")
    }

    func map(start: String = "00:00:02.000", box: String = "160,0,160,90") -> String {
        """
        WEBVTT

        00:00:00.000 --> 00:00:02.000
        storyboard.jpg#xywh=0,0,160,90

        \(start) --> 00:00:04.000
        storyboard.jpg#xywh=\(box)

        """
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.url.appending(path: name))
    }

    func broken(width: Int = 640, height: Int = 360) -> [VerificationRule] {
        var findings = Findings()
        let rules = PictureFileRules(package: folder.url, width: width, height: height, durationSeconds: 4)
        rules.check(&findings)
        return findings.all.map(\.rule)
    }

    func remake(_ name: String, size: String) throws {
        try Command.ffmpeg("-f lavfi -i testsrc=s=\(size) -frames:v 1 \(name)", in: folder.url)
    }

    @Test func goodPicturesBreakNoRule() { #expect(broken() == []) }

    @Test func onlyTheCoverMustBeThere() throws {
        for name in PictureFileRules.files where name != "cover.jpg" {
            try? FileManager.default.removeItem(at: folder.url.appending(path: name))
        }
        #expect(broken() == [])
        try FileManager.default.removeItem(at: folder.url.appending(path: "cover.jpg"))
        #expect(broken() == [.cover])
    }

    @Test(
        arguments: [
            ("cover.jpg", .cover), ("cover-small.jpg", .cover), ("cover.webp", .cover), ("preview.webp", .preview),
            ("storyboard.jpg", .storyboard),
        ] as [(String, VerificationRule)]
    )
    func pictureWithoutItsEndIsFound(name: String, rule: VerificationRule) throws {
        let file = folder.url.appending(path: name)
        try Data(contentsOf: file).dropLast(20).write(to: file)
        #expect(broken() == [rule])
    }

    @Test func coversOfDifferentShapesAreFound() throws {
        try remake("cover.webp", size: "360x640")
        #expect(broken() == [.cover])
        try remake("cover.webp", size: "640x360")
        try remake("cover-small.jpg", size: "320x320")
        #expect(broken() == [.cover])
    }

    @Test(arguments: ["storyboard.jpg", "storyboard.vtt"])
    func halfAStoryboardIsFound(name: String) throws {
        try FileManager.default.removeItem(at: folder.url.appending(path: name))
        #expect(broken() == [.storyboard])
    }

    @Test func storyboardMustBeInOrderAndOnItsSheet() throws {
        try write(map(box: "170,0,160,90"), to: "storyboard.vtt")
        #expect(broken() == [.storyboard])
        try write(map(start: "00:00:01.000"), to: "storyboard.vtt")
        #expect(broken() == [.storyboard])
        try write(map().replacing("WEBVTT", with: "WEBVIT"), to: "storyboard.vtt")
        #expect(broken() == [.storyboard])
        try write(map().replacing("00:00:04", with: "00:01:04"), to: "storyboard.vtt")
        #expect(broken() == [.storyboard])
    }

    @Test func previewIsSmallAndShort() throws {
        #expect(broken(width: 80, height: 45) == [.preview])
        try Command.ffmpeg("-f lavfi -i testsrc=s=160x90:d=6:r=2 -c:v libwebp_anim preview.webp", in: folder.url)
        #expect(broken() == [.preview])
    }

    @Test func animationsAreReadToTheirEnd() throws {
        let bytes = Array(try Data(contentsOf: folder.url.appending(path: "preview.webp")))
        let file = try #require(PictureFile(bytes))
        #expect(file.width == 160 && file.height == 90 && file.frameCount == 4 && file.milliseconds == 1000)
        #expect(PictureFile([]) == nil && PictureFile(Array("RIFF".utf8)) == nil)
    }
}
