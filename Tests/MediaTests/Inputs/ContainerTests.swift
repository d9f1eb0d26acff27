import Domain
import Foundation
import Testing

@testable import Media

/// MP4 files in every shape that recorders leave them in, and durations that are not true.
@Suite struct ContainerTests {
    static let media = """
        -f lavfi -i testsrc2=s=160x120:r=25:d=3 -f lavfi -i sine=frequency=500:duration=3 \
        -c:v libx264 -preset ultrafast -g 25 -c:a aac -b:a 64k
        """

    func check(_ clip: Clip) throws {
        #expect(try abs(clip.probe().durationSeconds - 3) < 0.1)
        let processed = try clip.process()
        #expect(try abs(processed.seconds - 3) < 0.1)
        // Sound that is a little longer holds the last picture.
        #expect(try (75...76).contains(processed.pictureTimes().count))
        #expect(processed.package.renditions.allSatisfy { $0.codecs.contains("mp4a") })
    }

    @Test(arguments: [
        "", "-movflags +faststart", "-movflags +frag_keyframe+empty_moov", "-movflags +frag_keyframe",
        "-movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 500000",
        "-movflags +cmaf+delay_moov+global_sidx", "-movflags +dash+empty_moov+skip_sidx",
    ])
    func everyPlaceOfTheIndexIsFound(flags: String) throws { try check(Clip("clip.mp4", "\(Self.media) \(flags)")) }

    @Test func partOfAStreamStartsAtZero() throws {
        // Fragments keep the times of the broadcast that they are from.
        let clip = try Clip(
            "clip.mp4",
            "\(Self.media) -output_ts_offset 1800 -movflags +frag_keyframe+empty_moov+default_base_moof"
        )
        try check(clip)
    }

    @Test func dataThatClaimsToBeLongerIsRead() throws {
        let clip = try Clip("clip.mp4", "\(Self.media) -movflags +faststart").patched { file in
            guard let data = file.range(of: Data("mdat".utf8)) else { return }
            file.replaceSubrange(data.lowerBound - 4..<data.lowerBound, with: BoxEditor.bytes(0x7fff_ffff))
        }
        try check(clip)
    }

    @Test func unknownBoxesAreSkipped() throws {
        let clip = try Clip("clip.mp4", Self.media).patched { file in
            guard let index = file.range(of: Data("moov".utf8)) else { return }
            let junk = Data(BoxEditor.bytes(1008) + Array("jUnK".utf8) + [UInt8](repeating: 0x5A, count: 1000))
            file.insert(contentsOf: junk, at: index.lowerBound - 4)
            file.append(Data(repeating: 0, count: 333))
        }
        try check(clip)
    }

    /// Boxes with a duration, and where it is in their payload.
    @Test(
        arguments: [
            (["moov", "mvhd"], 16), (["moov", "trak", "tkhd"], 20), (["moov", "trak", "mdia", "mdhd"], 16),
        ] as [([String], Int)],
        [0, 1, 30_000_000] as [UInt32]
    )
    func statedDurationIsNotBelieved(box: (path: [String], offset: Int), units: UInt32) throws {
        let clip = try Clip("clip.mp4", Self.media).patched {
            try BoxEditor.overwrite(box.path, at: box.offset, with: BoxEditor.bytes(units), in: &$0)
        }
        try check(clip)
    }

    @Test func unstatedDurationIsFound() throws {
        let media = "\(Self.media.replacing("-c:a aac", with: "-c:a libopus")) -live 1"
        try check(Clip("clip.mkv", media))
    }

    @Test(arguments: ["clip.ts", "clip.m2ts", "clip.mpg", "clip.flv", "clip.mkv", "clip.3gp", "clip.mov", "clip.ogv"])
    func everyContainerIsRead(name: String) throws {
        let codecs =
            switch name {
            case "clip.mpg": Self.media.replacing("libx264", with: "mpeg2video").replacing("aac", with: "mp2")
            case "clip.ogv": Self.media.replacing("libx264", with: "libtheora").replacing("aac", with: "libvorbis")
            default: Self.media
            }
        try check(
            Clip(
                name,
                codecs.replacing(
                    "-preset ultrafast",
                    with: name == "clip.ogv" || name == "clip.mpg" ? "" : "-preset ultrafast"
                )
            )
        )
    }

    @Test func wrongExtensionDoesNotMatter() throws {
        let folder = try Clip("clip.webm", "\(Self.media) clip.mp4", "-i clip.mp4 -c copy -f mp4")
        try check(folder)
    }

    @Test func protectedFileIsRefused() throws {
        let key = "00112233445566778899aabbccddeeff"
        let clip = try Clip(
            "clip.mp4",
            "\(Self.media) -encryption_scheme cenc-aes-ctr -encryption_key \(key) -encryption_kid \(key)"
        )
        #expect(try clip.refusal() == .encrypted)
        // What shops sell names the real codec only inside the sample entry.
        let sold = try Clip("clip.mp4", Self.media).patched {
            guard
                let entry = $0.range(
                    of: Data("avc1".utf8),
                    in: ($0.range(of: Data("stsd".utf8))?.upperBound ?? 0)..<$0.count
                )
            else { return }
            $0.replaceSubrange(entry, with: Data("encv".utf8))
        }
        #expect(try sold.refusal() == .encrypted)
    }

    @Test func encryptedMatroskaIsRefused() throws {
        let name = String(repeating: "n", count: 45)
        let clip = try Clip("clip.mkv", "\(Self.media) -metadata:s:v title=\(name)").patched { file in
            guard let text = file.range(of: Data(name.utf8)) else { return }
            // In the place of the track's name, as long as it: a content encoding that encrypts with a key of 16 bytes.
            let encryption: [UInt8] =
                [0x50, 0x35, 0x97, 0x47, 0xE1, 0x81, 5, 0x47, 0xE2, 0x90] + (1...16)
            let void: [UInt8] = [0xEC, 0x82, 0, 0]
            let encoding: [UInt8] = [0x50, 0x31, 0x81, 0, 0x50, 0x32, 0x81, 1, 0x50, 0x33, 0x81, 1] + encryption + void
            file.replaceSubrange(
                text.lowerBound - 3..<text.upperBound,
                with: [0x6D, 0x80, 0x80 | UInt8(encoding.count + 3), 0x62, 0x40, 0x80 | UInt8(encoding.count)]
                    + encoding
            )
        }
        #expect(try clip.refusal() == .encrypted)
    }

    @Test func protectedWindowsMediaIsRefused() throws {
        let codecs = "-c:v wmv2 -c:a wmav2"
        let media = Self.media.replacing("-c:v libx264 -preset ultrafast -g 25 -c:a aac -b:a 64k", with: codecs)
        let plain = try Clip("clip.wmv", media)
        #expect(try plain.refusal() == nil)
        // ASF's Content Encryption Object, 3.14: secret, type of protection, key and where to buy it, each after its length.
        func littleEndian(_ value: Int, _ bytes: Int) -> [UInt8] {
            (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let payload = ["secret", "DRM\0", "key 7\0", "http://shop.example/\0"].flatMap {
            littleEndian($0.utf8.count, 4) + Array($0.utf8)
        }
        let identifier: [UInt8] = [
            0xFB, 0xB3, 0x11, 0x22, 0x23, 0xBD, 0xD2, 0x11, 0xB4, 0xB7, 0x00, 0xA0, 0xC9, 0x55, 0xFC, 0x6E,
        ]
        let object = identifier + littleEndian(payload.count + 24, 8) + payload
        let clip = try plain.patched { file in
            // The header: its own identifier, its size, and the number of objects, after which the first one starts.
            let size = file[16..<20].reversed().reduce(0) { $0 << 8 | Int($1) }
            file.replaceSubrange(16..<24, with: littleEndian(size + object.count, 8))
            file.replaceSubrange(24..<28, with: littleEndian(Int(file[24]) + 1, 4))
            file.insert(contentsOf: object, at: 30)
        }
        #expect(try clip.refusal() == .encrypted)
    }

    @Test func slowMotionPlaysAtTheSpeedOfLife() throws {
        // Phones write what is to be slow as a trailer behind the movie, which players of other makers do not know.
        let clip = try Clip(
            "clip.mp4",
            "-f lavfi -i testsrc2=s=160x120:r=120:d=3 -c:v libx264 -preset ultrafast -g 60"
        ).patched { file in
            let entry = Array("SlowMotion_Data".utf8)
            file.append(Data(entry + Array("SEFH".utf8) + BoxEditor.bytes(107) + BoxEditor.bytes(1)))
            file.append(Data(BoxEditor.bytes(24) + Array("SEFT".utf8)))
        }
        #expect(try abs(clip.probe().durationSeconds - 3) < 0.1)
        let processed = try clip.process()
        #expect(try abs(processed.seconds - 3) < 0.1)
        // At most 60 pictures a second.
        #expect(try (178...182).contains(processed.pictureTimes().count))
    }

    @Test func referenceMovieIsRefused() throws {
        // Data references: to this file, flag 1; an alias of QuickTime or an address would be elsewhere.
        for type in ["alis", "url "] {
            let clip = try Clip("clip.mov", Self.media).patched { file in
                guard let table = file.range(of: Data("dref".utf8)) else { return }
                let entry = table.upperBound + 8
                file.replaceSubrange(entry + 4..<entry + 12, with: Data(type.utf8) + [0, 0, 0, 0])
            }
            #expect(try clip.refusal() == .unsupportedFormat)
        }
        let movie = Data(BoxEditor.bytes(24) + Array("moov".utf8) + BoxEditor.bytes(16) + Array("rmra".utf8))
        let only = try Clip("clip.mov", bytes: movie + Data(BoxEditor.bytes(8)) + Data("rmda".utf8))
        #expect(try only.refusal() == .unsupportedFormat)
    }
}
