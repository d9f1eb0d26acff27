import Foundation
import TestSupport
import Testing

@Suite struct PictureCommandTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func coverIsWrittenAndDescribed() throws {
        let outcome = try Program.run("cover", Samples.portrait, "-o", folder.path("cover.jpg"), in: folder)
        #expect(outcome.status == 0)
        let line = String(decoding: outcome.output, as: UTF8.self)
        #expect(line.contains("720x1280, at ") && line.contains("ThumbHash "))
        let bytes = try Data(contentsOf: folder.url.appending(path: "cover.jpg"))
        #expect(bytes.starts(with: [0xff, 0xd8]))
    }

    @Test func coverOfATimeIsDescribedAsJSON() throws {
        struct Cover: Decodable {
            var seconds: Double
            var thumbHash: String
        }
        let image = folder.path("c.webp")
        let outcome = try Program.run("cover", Samples.sunrise, "-o", image, "--at", "2", "--json", in: folder)
        #expect(outcome.status == 0)
        let cover = try JSONDecoder().decode(Cover.self, from: outcome.output)
        #expect(cover.seconds == 2)
        #expect(Data(base64Encoded: cover.thumbHash) != nil)
    }

    @Test func storyboardFillsAFolder() throws {
        let outcome = try Program.run("storyboard", Samples.silent, "-o", folder.path("out"), in: folder)
        #expect(outcome.status == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
        #expect(Set(files) == ["storyboard.jpg", "storyboard.vtt"])
    }

    @Test func wrongWishesForACoverAreNamed() throws {
        func process(_ wishes: String...) throws -> Program.Outcome {
            try Program(["process", Samples.silent, "-o", folder.path("out")] + wishes, in: folder).outcome()
        }
        #expect(try process("--cover-at=-1").status == 64)
        #expect(try process("--cover-at", "1", "--cover-image", "a.jpg").status == 64)
        try Data("no image".utf8).write(to: folder.url.appending(path: "a.jpg"))
        let refused = try process("--cover-image", folder.path("a.jpg"))
        #expect(refused.status == 65)
        #expect(refused.errors.contains("JPEG, PNG or WebP"))
        #expect(!folder.exists("out"))
    }
}
