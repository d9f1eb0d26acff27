import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

private let corpus = ProcessInfo.processInfo.environment["CLIPYARD_CORPUS"].map { URL(filePath: $0) }

/// Nothing that is published tells where, when or with what a video was taken.
@Suite struct PrivacyTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Boxes and blocks that hold such things, whatever is in them.
    static let containers = [
        "loci", "ISO6709", "com.apple.quicktime", "Exif", "EXIF", "XMP ", "http://ns.adobe.com", "ICC_PROFILE",
    ]

    /// Fails for every file below `output` that holds one of `secrets`.
    func expectNone(of secrets: [String], in output: URL) throws {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: output.path).filter { $0.contains(".") }
        #expect(paths.count > 10)
        for path in paths {
            let bytes = try Data(contentsOf: output.appending(path: path))
            for secret in secrets + Self.containers {
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(path) holds \(secret)")
            }
            // QuickTime's ©xyz, ©mak, ©mod and ©day.
            for tag in ["xyz", "mak", "mod", "day"] {
                #expect(bytes.range(of: Data([0xa9] + tag.utf8)) == nil, "\(path) holds ©\(tag)")
            }
        }
    }

    func process(_ source: URL, _ cover: CoverChoice = .automatic) throws -> URL {
        var pipeline = try PipelineDefinition.quick()
        let whole = try PipelineDefinition.shortVideo()
        (pipeline.storyboard, pipeline.preview) = (whole.storyboard, whole.preview)
        let output = folder.url.appending(path: "out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        _ = try VideoProcessor(pipeline: pipeline).process(source: source.path, output: output, cover: cover)
        return output
    }

    @Test func placeDeviceAndNamesAreDropped() throws {
        let clip = folder.url.appending(path: "clip.mov")
        try PictureClips.ffmpeg(
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=320x180:r=10:d=2",
            "-pix_fmt",
            "yuv420p",
            "-preset",
            "ultrafast",
            "-metadata",
            "location=+39.9042+116.4074/",
            "-metadata",
            "make=Kamerawerk",
            "-metadata",
            "model=Modell 7",
            "-metadata",
            "artist=Li Lei",
            "-metadata",
            "title=Mein Garten",
            "-metadata",
            "comment=geheim",
            "-metadata",
            "creation_time=2021-03-04T05:06:07Z",
            "-movflags",
            "use_metadata_tags",
            clip.path
        )
        let secrets = [
            "+39.9042", "116.4074", "Kamerawerk", "Modell 7", "Li Lei", "Mein Garten", "geheim", "2021-03-04",
        ]
        let bytes = try Data(contentsOf: clip)
        for secret in secrets.dropLast() { try #require(bytes.range(of: Data(secret.utf8)) != nil, "\(secret)") }
        try expectNone(of: secrets, in: process(clip))
    }

    @Test func uploadedCoverLosesItsMetadata() throws {
        let image = folder.url.appending(path: "cover.jpg")
        try PictureClips.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180", "-frames:v", "1", image.path)
        var bytes = try Array(Data(contentsOf: image))
        let segment = Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 0] + Array("GPS 39.9042 Kamerawerk".utf8)
        bytes.insert(contentsOf: [0xff, 0xe1, 0, UInt8(segment.count + 2)] + segment, at: 2)
        try Data(bytes).write(to: image)
        try expectNone(
            of: ["39.9042", "Kamerawerk"],
            in: process(URL(filePath: Samples.silent), .image(path: image.path))
        )
    }

    @Test(
        .enabled(if: corpus != nil, "set CLIPYARD_CORPUS to the folder with the media corpus"),
        arguments: ["phone_portrait_1080p_rot90_gps.mp4", "drewnoakes__with-gps.mov"]
    )
    func phonesDoNotTellWhereTheyWere(name: String) throws {
        let source = try #require(corpus).appending(path: name)
        try expectNone(of: ["+39.9", "116.4", "Apple", "iPhone"], in: process(source))
    }
}
