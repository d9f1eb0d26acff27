import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// What plays of a damaged file is saved if little is missing; a stub is never published as the whole.
@Suite struct DamageTests {
    /// Four seconds with sound, in small packets, so that a share of the bytes is about a share of the time.
    static let media = """
        -f lavfi -i testsrc2=s=160x120:r=25:d=4 -f lavfi -i sine=frequency=500:duration=4 \
        -c:v libx264 -preset ultrafast -g 25 -bf 0 -c:a aac -b:a 64k
        """

    static func inFront() throws -> Clip { try Clip("clip.mp4", "\(media) -movflags +faststart") }

    func cut(_ clip: Clip, to share: Double) throws -> Clip {
        try clip.patched { $0 = $0.prefix(Int(Double($0.count) * share)) }
    }

    @Test func littleMissingIsSaved() throws {
        let clip = try cut(Self.inFront(), to: 0.975)
        #expect(try clip.probe().durationSeconds < 3.98)
        let processed = try clip.process()
        #expect(try (3.79...3.98).contains(processed.seconds))
        #expect(try (3.7...3.98).contains(processed.pictureTimes().last ?? 0))
    }

    @Test(arguments: [0.9, 0.5, 0.2])
    func muchMissingIsRefused(share: Double) throws {
        #expect(try cut(Self.inFront(), to: share).refusal() == .truncated)
    }

    /// The place and size of every packet of a stream, in the order of the file.
    func packets(_ clip: Clip, _ stream: String) throws -> [(position: Int, size: Int)] {
        let text = try Command.ffprobe(
            "-select_streams \(stream) -show_entries packet=size,pos -of csv=p=0 \(clip.url.path)",
            in: clip.folder.url
        )
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let numbers = line.split(separator: ",").compactMap { Int($0) }
            return numbers.count == 2 ? (numbers[1], numbers[0]) : nil
        }
    }

    /// A hundred pictures, each of which decodes alone.
    static func alone(_ options: String = "") throws -> Clip {
        let pictures = "-f lavfi -i testsrc2=s=160x120:r=25:d=4"
        return try Clip("clip.mp4", "\(pictures) -c:v libx264 -preset ultrafast -g 1 \(options) -movflags +faststart")
    }

    @Test(arguments: [(96, nil), (94, .truncated)] as [(Int, MediaRefusal.Code?)])
    func ninetyFiveOfAHundredPicturesMustBeThere(count: Int, refusal: MediaRefusal.Code?) throws {
        let clip = try Self.alone()
        let end = try packets(clip, "v")[count].position
        #expect(try clip.patched { $0 = $0.prefix(end) }.refusal() == refusal)
    }

    /// Overwrites so many packets of a stream, evenly spread, that nothing of them decodes.
    func broken(_ clip: Clip, _ stream: String, _ count: Int) throws -> Clip {
        let packets = try packets(clip, stream)
        return try clip.patched { file in
            for index in 0..<count {
                let packet = packets[(index + 1) * packets.count / (count + 2)]
                let noise = [UInt8](repeating: 0xFF, count: packet.size)
                file.replaceSubrange(packet.position..<packet.position + packet.size, with: noise)
            }
        }
    }

    @Test(arguments: [(4, nil), (6, .damaged)] as [(Int, MediaRefusal.Code?)])
    func ninetyFiveOfAHundredPicturesMustDecode(count: Int, refusal: MediaRefusal.Code?) throws {
        #expect(try broken(Self.alone(), "v", count).refusal() == refusal)
    }

    @Test(arguments: [(10, nil), (40, .damaged)] as [(Int, MediaRefusal.Code?)])
    func soundMustDecodeToo(count: Int, refusal: MediaRefusal.Code?) throws {
        // 375 packets of 512 samples.
        let clip = try Clip(
            "clip.mov",
            "-f lavfi -i testsrc2=s=160x120:r=25:d=4 -f lavfi -i anoisesrc=d=4:r=48000:a=0.3 -c:v libx264 "
                + "-preset ultrafast -c:a flac -frame_size 512 -strict -2 -f mp4"
        )
        #expect(try broken(clip, "a", count).refusal() == refusal)
    }

    @Test(arguments: ["clip.mkv", "clip.flv", "clip.avi"])
    func containersWithoutAnIndexInFrontAreJudgedByTheirDuration(name: String) throws {
        let clip = try Clip(name, name == "clip.avi" ? Self.media.replacing("-c:a aac", with: "-c:a mp2") : Self.media)
        #expect(try cut(clip, to: 0.8).refusal() == .truncated)
        let seconds = try cut(clip, to: 0.985).process().seconds
        #expect((3.75...4.05).contains(seconds))
    }

    @Test func missingIndexIsRefused() throws {
        #expect(try cut(Clip("clip.mp4", Self.media), to: 0.97).refusal() == .truncated)
    }

    @Test func picturesThatAreMissingAreNotMadeUpBySound() throws {
        // The sound stands in front of all pictures, and is whole.
        let clip = try Clip(
            "clip.mp4",
            "\(Self.media) both.mkv",
            "-i both.mkv -c copy -map 0:a -map 0:v -max_interleave_delta 0 -movflags +faststart"
        )
        #expect(try cut(clip, to: 0.8).refusal() == .truncated)
    }

    /// Overwrites parts of the packets' bytes, the same share in every stretch.
    func scratched(_ clip: Clip, share: Double, stretch: Int = 4000) throws -> Clip {
        try clip.patched { file in
            guard let data = file.range(of: Data("mdat".utf8)) else { return }
            let length = Int(Double(stretch) * share)
            for start in stride(from: data.upperBound + stretch, to: file.count - stretch, by: stretch) {
                file.replaceSubrange(start..<start + length, with: [UInt8](repeating: 0xA5, count: length))
            }
        }
    }

    @Test func fewBrokenPicturesAreEndured() throws {
        let clip = try Self.inFront().patched { file in
            guard let data = file.range(of: Data("mdat".utf8)) else { return }
            let start = data.upperBound + (file.count - data.upperBound) / 2
            file.replaceSubrange(start..<start + 600, with: [UInt8](repeating: 0xA5, count: 600))
        }
        let processed = try clip.process()
        #expect(try abs(processed.seconds - 4) < 0.1)
    }

    @Test func manyBrokenPicturesAreRefused() throws {
        #expect(try scratched(Self.inFront(), share: 0.5).refusal() == .damaged)
    }
}
