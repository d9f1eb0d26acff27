import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// Files that are no videos, and those that are made to cost much, are refused for the right reason.
@Suite struct HostileFileTests {
    static let pictures = "-f lavfi -i testsrc2=s=160x120:r=25:d=1"
    static let h264 = "-c:v libx264 -preset ultrafast -g 25"

    /// Commands that make something that is not a video with moving pictures.
    @Test(
        arguments: [
            ("a.jpg", "\(pictures) -frames:v 1", .unsupportedFormat),
            ("a.png", "\(pictures) -frames:v 1", .unsupportedFormat),
            ("a.gif", pictures, .unsupportedFormat), ("a.webp", "\(pictures) -frames:v 1", .unsupportedFormat),
            ("a.apng", pictures, .unsupportedFormat), ("a.bmp", "\(pictures) -frames:v 1", .unsupportedFormat),
            ("a.y4m", pictures, .unsupportedFormat), ("a.m4a", "-f lavfi -i sine=d=1", .noVideo),
            ("a.mp4", "-f lavfi -i sine=d=1", .noVideo), ("a.mkv", "-f lavfi -i sine=d=1", .noVideo),
            ("a.mp3", "-f lavfi -i sine=d=1 -c:a libmp3lame", .noVideo), ("a.wav", "-f lavfi -i sine=d=1", .noVideo),
            ("a.ts", "-f lavfi -i sine=d=1 -c:a aac", .noVideo), ("a.m3u8", "\(pictures) \(h264) -f hls", .notMedia),
            ("a.mpd", "\(pictures) \(h264) -f dash", .notMedia),
            ("a.mp4", "\(pictures) \(h264) -frames:v 1", .tooShort),
            ("a.mp4", "-f lavfi -i color=s=2x2:r=5:d=1 \(h264)", .unsupportedFormat),
            ("a.mp4", "-f lavfi -i color=s=640x64:r=5:d=1 \(h264)", .unsupportedFormat),
            ("a.avi", "-f lavfi -i color=s=16384x16:r=5:d=1 -c:v mjpeg", .tooManyPixels),
            ("a.mkv", "-f lavfi -i color=s=32x32:r=1000:d=1 -c:v ffv1", .frameRateTooHigh),
            ("a.mp4", "-f lavfi -i color=s=32x32:r=1:d=1900 \(h264)", .tooLong),
        ] as [(String, String, MediaRefusal.Code)]
    )
    func whatIsNoUsableVideoIsRefused(name: String, command: String, code: MediaRefusal.Code) throws {
        #expect(try Clip(name, command).refusal() == code)
    }

    @Test func newerPictureFormatsAreRefused() throws {
        for brand in ["heic", "avif", "mif1"] {
            let head = Data(BoxEditor.bytes(24) + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0] + Array("mif1heic".utf8))
            let clip = try Clip("a.mp4", bytes: head + Data(repeating: 7, count: 2000))
            #expect(try clip.refusal() == .unsupportedFormat)
        }
    }

    @Test func photoWithAVideoBehindItIsAPhoto() throws {
        let photo = try Clip("a.jpg", "\(Self.pictures) -frames:v 1")
        let video = try Clip("a.mp4", "\(Self.pictures) \(Self.h264)")
        let both = try Data(contentsOf: photo.url) + Data(contentsOf: video.url)
        #expect(try Clip("a.mp4", bytes: both).refusal() == .unsupportedFormat)
    }

    @Test(arguments: ["Hello, this is no video.\n", "{\"a\": 1}", "%PDF-1.7\n", "PK\u{3}\u{4}zip", "\u{7f}ELF"])
    func otherFilesAreRefused(text: String) throws {
        #expect(try Clip("a.mp4", bytes: Data(text.utf8)).refusal() == .notMedia)
    }

    /// Sizes and shapes that are odd and still videos.
    @Test(arguments: [
        ("17x17", [16, 16]), ("641x361", [426, 240]), ("101x303", [100, 300]), ("1280x160", [1280, 160]),
        ("4096x2304", [426, 240]),
    ])
    func oddSizesAreAccepted(size: String, expected: [Int]) throws {
        let clip = try Clip(
            "a.mkv",
            "-f lavfi -i testsrc=s=\(size):r=5:d=0.6 -c:v libx264 -preset ultrafast -pix_fmt yuv444p"
        )
        let processed = try clip.process()
        #expect(processed.size.allSatisfy { $0 % 2 == 0 })
        #expect(zip(processed.size, expected).allSatisfy { abs($0 - $1) <= 2 }, "\(processed.size)")
    }

    /// The container says 64 × 64, and the JPEG inside 16384 × 16384.
    @Test func picturesThatUnpackToGigabytesAreNotDecoded() throws {
        let clip = try Clip("a.mov", "-f lavfi -i color=s=64x64:r=5:d=1 -c:v mjpeg").patched { file in
            while let frame = file.range(of: Data([0xFF, 0xC0, 0, 17, 8, 0, 64, 0, 64])) {
                file.replaceSubrange(frame.upperBound - 4..<frame.upperBound, with: [0x40, 0, 0x40, 0])
            }
        }
        #expect([.damaged, .tooManyPixels].contains(try clip.refusal()))
    }

    /// The sample entry says 16384 × 16384, and a few bytes of run lengths would fill them.
    @Test func headersWithHugePicturesAreRefused() throws {
        let clip = try Clip("a.mov", "-f lavfi -i color=s=64x64:r=5:d=1 -c:v qtrle").patched { file in
            guard let entry = file.range(of: Data("rle ".utf8)) else { return }
            // After the type: reserved, reference, versions and qualities; then the size.
            file.replaceSubrange(entry.upperBound + 24..<entry.upperBound + 28, with: [0x40, 0, 0x40, 0])
        }
        #expect([.damaged, .tooManyPixels].contains(try clip.refusal()))
    }

    @Test(arguments: [33, 1100])
    func manyStreamsAreRefused(count: Int) throws {
        let clip = try Clip("a.mp4", "-f lavfi -i color=s=32x32:r=5:d=0.6 \(Self.h264)").patched { file in
            let track = try BoxEditor.payload(of: ["moov", "trak"], in: file)
            for _ in 1..<count { try BoxEditor.insert("trak", track, atEndOf: ["moov"], in: &file) }
        }
        #expect(try clip.refusal() == .tooManyStreams)
    }

    @Test func headerOfACodecThatClaimsGigabytesEndsWithTheBoxAround() throws {
        let clip = try Clip("a.mp4", "\(Self.pictures) \(Self.h264)").patched { file in
            guard let header = file.range(of: Data("avcC".utf8)) else { return }
            file.replaceSubrange(header.lowerBound - 4..<header.lowerBound, with: BoxEditor.bytes(0x7fff_ffff))
        }
        #expect(try clip.refusal() == nil)
    }

    @Test func sampleTablesThatClaimMillionsOfPicturesEndWithThoseThatAreThere() throws {
        let clip = try Clip("a.mp4", "\(Self.pictures) \(Self.h264) -bf 0").patched { file in
            let table = ["moov", "trak", "mdia", "minf", "stbl", "stts"]
            // One entry: the number of samples, and how long each lasts.
            try BoxEditor.overwrite(table, at: 8, with: BoxEditor.bytes(0x0fff_ffff), in: &file)
        }
        let started = ContinuousClock.now
        #expect(try clip.process().pictureTimes().count == 25)
        #expect(ContinuousClock.now - started < .seconds(60))
    }
}
