import Domain
import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct PictureMakerTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func file(_ name: String) -> URL { folder.url.appending(path: name) }

    func makeCover(_ source: String, _ choice: CoverChoice = .automatic) throws -> PictureMaker.Cover {
        try PictureMaker(pipeline: .quick()).makeCover(of: source, choice: choice, into: folder.url)
    }

    @Test func sharpColorfulSceneIsChosen() throws {
        try PictureClips.makeScenes(at: file("scenes.mp4"))
        let cover = try makeCover(file("scenes.mp4").path)
        #expect(cover.seconds == 2)
        #expect(try #require(cover.score) > 0.5)
        #expect(cover.width == 320 && cover.height == 180)
    }

    @Test func rareKeyframesDoNotMeanABlackCover() throws {
        // One keyframe, in a fade from black.
        try PictureClips.ffmpeg(
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=320x180:r=10:d=6,fade=in:d=1",
            "-g",
            "999",
            "-sc_threshold",
            "0",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            file("fade.mp4").path
        )
        let cover = try makeCover(file("fade.mp4").path)
        #expect(try #require(cover.seconds) >= 1)
        #expect(try CoverScore.of(file("cover.jpg")).brightness > 60)
    }

    @Test func fourFilesHaveTheirSizesAndNoMetadata() throws {
        let cover = try makeCover(Samples.portrait)
        for (name, size) in [
            ("cover.jpg", [720, 1280]), ("cover.webp", [720, 1280]), ("cover-small.jpg", [360, 640]),
            ("cover-small.webp", [360, 640]),
        ] {
            #expect(try CoverScore.size(file(name)) == size)
            let bytes = try Data(contentsOf: file(name))
            for tag in ["Lav", "Exif", "EXIF", "XMP", "ICC_PROFILE"] {
                #expect(bytes.range(of: Data(tag.utf8)) == nil, "\(name) holds \(tag)")
            }
        }
        #expect(cover.thumbHash == (try ThumbHash(imageFile: Array(Data(contentsOf: file("cover.jpg"))))).base64)
    }

    @Test(arguments: [0.0, 1.25, 2.5, 5.95, 60])
    func pictureOfATimeIsTheOneShownThen(seconds: Double) throws {
        // A bar of 10 pixels moves 10 pixels with every frame of a tenth of a second.
        try PictureClips.ffmpeg(
            "-f",
            "lavfi",
            "-i",
            "color=black:s=640x64:r=10:d=6,geq=lum='if(eq(floor(X/10),N),255,0)':cb=128:cr=128",
            "-g",
            "25",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            file("bar.mp4").path
        )
        let cover = try makeCover(file("bar.mp4").path, .at(seconds: seconds))
        let frame = min(59, Int(seconds * 10))
        #expect(abs(try #require(cover.seconds) - Double(frame) / 10) < 1e-6)
        let row = try CoverScore.picture(file("cover.jpg")).copyFirstPlane().prefix(640)
        #expect(row[frame * 10 + 5] > 200)
        #expect(row.filter { $0 > 128 }.count <= 12)
    }

    @Test func oneFileIsWebPIfItIsCalledSo() throws {
        let maker = try PictureMaker(pipeline: .quick())
        for (name, format) in [("a.webp", StillImageDecoder.Format.webp), ("b.jpg", .jpeg)] {
            let cover = try maker.makeCover(of: Samples.sunrise, file: file(name))
            #expect(cover.width == 1280 && cover.height == 720)
            #expect(StillImageDecoder.Format(try Data(contentsOf: file(name))) == format)
        }
    }

    @Test func packageCarriesThePlaceholderOfItsCover() throws {
        let package = try VideoProcessor(pipeline: .quick()).process(source: Samples.silent, output: folder.url).package
        let bytes = try Array(Data(contentsOf: file("cover.jpg")))
        #expect(package.thumbHash == (try ThumbHash(imageFile: bytes).base64))
        let json = try JSONEncoder().encode(package)
        #expect(try JSONDecoder().decode(MediaPackage.self, from: json) == package)
        // Packages that were made before there were placeholders are still read.
        var members = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
        members["thumbHash"] = nil
        let older = try JSONSerialization.data(withJSONObject: members)
        #expect(try JSONDecoder().decode(MediaPackage.self, from: older).thumbHash == nil)
    }

    @Test func coverIsAsLargeAsTheSourceAllowsAlthoughAllRenditionsAreSmaller() throws {
        let output = file("out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        _ = try VideoProcessor(pipeline: .quick()).process(source: Samples.portrait, output: output)
        #expect(try CoverScore.size(output.appending(path: "cover.jpg")) == [720, 1280])
    }
}
