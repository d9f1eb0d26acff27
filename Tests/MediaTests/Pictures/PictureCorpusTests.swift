import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

private let corpus = ProcessInfo.processInfo.environment["CLIPYARD_CORPUS"].map { URL(filePath: $0) }

/// Covers and storyboards of real files, found by seeking.
@Suite(.enabled(if: corpus != nil, "set CLIPYARD_CORPUS to the folder with the media corpus"))
struct PictureCorpusTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        arguments: [
            ("drewnoakes__Sony_ILCE-7M3__A7M3_.mts", 1280, 720), ("drewnoakes__100_0306.AVI", 320, 240),
            ("drewnoakes__ftyp3gp5.mp4", 720, 1280), ("drewnoakes__with-gps.mov", 320, 568),
            ("google__video_1.mp4", 288, 352), ("hdr10_pq_720p.mp4", 1280, 720),
            ("interlaced_tff_720i.mp4", 1280, 720), ("odd_641x361_240fps.webm", 640, 360),
            ("phone_portrait_1080p_rot90_gps.mp4", 720, 1280), ("pytorch__bt709_full_range.mp4", 1280, 720),
            ("opencv__cup.mp4", 640, 480), ("vfr_select.mp4", 640, 360),
        ]
    )
    func picturesOfRealFilesAreWorthLookingAt(name: String, width: Int, height: Int) throws {
        let source = try #require(corpus).appending(path: name).path
        let maker = try PictureMaker(pipeline: .shortVideo())
        let cover = try maker.makeCover(of: source, file: folder.url.appending(path: "cover.jpg"))
        #expect(cover.width == width && cover.height == height)
        #expect(try #require(cover.score) > 0.2)
        #expect(try maker.makeStoryboard(of: source, into: folder.url) > 0)
    }
}
