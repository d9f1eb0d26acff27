import Domain
import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct UploadedCoverTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func file(_ name: String) -> URL { folder.url.appending(path: name) }

    func picture(_ name: String, shortSide: Int = 720) throws -> Frame {
        let limits = try PipelineDefinition.quick().limits
        return try UploadedCover(path: file(name).path, limits: limits, shortSide: shortSide).picture()
    }

    func refusal(of name: String) -> MediaRefusal.Code? {
        #expect(throws: MediaRefusal.self) { _ = try picture(name) }?.code
    }

    /// Red on the left half, blue on the right.
    func makeImage(_ name: String, _ options: String...) throws {
        let source = "color=red:s=200x80:d=1,drawbox=x=100:w=100:h=80:color=blue:t=fill"
        let arguments = ["-f", "lavfi", "-i", source] + options + ["-frames:v", "1", file(name).path]
        try PictureClips.ffmpeg(arguments)
    }

    func color(_ picture: borrowing Frame, _ x: Int, _ y: Int) throws -> [Int] {
        let rgb = try picture.filtered { PictureFilters.look($0, longSide: 10_000) }
        let pixels = rgb.copyFirstPlane(bytesPerPixel: 3)
        return (0..<3).map { Int(pixels[(y * rgb.width + x) * 3 + $0]) }
    }

    func isRed(_ color: [Int]) -> Bool { color[0] > 200 && color[1] < 60 && color[2] < 60 }
    func isBlue(_ color: [Int]) -> Bool { color[2] > 200 && color[0] < 60 && color[1] < 60 }

    /// Puts an EXIF block with nothing but an orientation behind a JPEG's first marker.
    func turn(_ name: String, orientation: UInt8) throws {
        let entry: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
        let exif = Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 1] + entry + [0, 0, 0, 0]
        var bytes = try Array(Data(contentsOf: file(name)))
        bytes.insert(contentsOf: [0xff, 0xe1, 0, UInt8(exif.count + 2)] + exif, at: 2)
        try Data(bytes).write(to: file(name))
    }

    @Test(arguments: ["a.jpg", "a.png", "a.webp"])
    func imageKeepsItsShapeAndColors(name: String) throws {
        try makeImage(name, "-pix_fmt", name == "a.jpg" ? "yuvj444p" : name == "a.png" ? "rgb24" : "bgra")
        let picture = try picture(name, shortSide: 40)
        #expect(picture.width == 100 && picture.height == 40)
        #expect(try isRed(color(picture, 20, 20)))
        #expect(try isBlue(color(picture, 80, 20)))
    }

    @Test(arguments: [(1, "RB"), (2, "BR"), (3, "BR"), (4, "RB"), (5, "R/B"), (6, "R/B"), (7, "B/R"), (8, "B/R")])
    func imageIsTurnedAsEXIFSays(orientation: UInt8, expected: String) throws {
        try makeImage("a.jpg")
        try turn("a.jpg", orientation: orientation)
        let picture = try picture("a.jpg")
        if expected.count == 2 {
            #expect(picture.width == 200 && picture.height == 80)
            #expect(try isRed(color(picture, expected == "RB" ? 20 : 180, 40)))
        } else {
            #expect(picture.width == 80 && picture.height == 200)
            #expect(try isRed(color(picture, 40, expected == "R/B" ? 20 : 180)))
        }
    }

    @Test func transparencyBecomesWhite() throws {
        try makeImage("a.png", "-vf", "format=rgba,colorchannelmixer=aa=0")
        let color = try color(picture("a.png"), 100, 40)
        #expect(color.allSatisfy { $0 > 250 })
    }

    @Test func whatIsNoImageIsRefused() throws {
        try Data("GIF89a, or is it?".utf8).write(to: file("a.jpg"))
        #expect(throws: MediaRefusal.self) { _ = try picture("a.jpg") }
        try Data().write(to: file("b.jpg"))
        #expect(refusal(of: "b.jpg") == .empty)
        let error = #expect(throws: MediaError.self) { _ = try picture("none.jpg") }
        #expect(error?.code == .sourceUnreadable)
    }

    @Test(arguments: ["a.jpg", "a.png", "a.webp"])
    func imageThatEndsTooSoonIsRefused(name: String) throws {
        try makeImage(name)
        let bytes = try Data(contentsOf: file(name))
        try bytes.prefix(bytes.count * 2 / 3).write(to: file(name))
        #expect(refusal(of: name) == .truncated)
    }

    @Test func brokenImageIsRefused() throws {
        try makeImage("a.png")
        var bytes = try Array(Data(contentsOf: file("a.png")))
        for index in 40..<bytes.count - 12 { bytes[index] = 0 }
        try Data(bytes).write(to: file("a.png"))
        #expect(refusal(of: "a.png") == .damaged)
    }

    @Test func tooManyPixelsAreRefused() throws {
        try makeImage("a.png", "-vf", "scale=9000:40")
        #expect(refusal(of: "a.png") == .tooManyPixels)
        // The header of an image of 30,000 × 30,000 pixels is refused before anything is allocated for them.
        var bytes = try Array(Data(contentsOf: file("a.png")))
        bytes.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        try Data(bytes).write(to: file("b.png"))
        #expect(throws: MediaRefusal.self) { _ = try picture("b.png") }
    }
}
