import Testing

@testable import Domain

/// What is left of each format, and which structures are refused.
@Suite struct PictureStructureTests {
    // MARK: JPEG

    @Test func aPhotoKeepsWhatItIsDecodedWith() throws {
        let markers = try PictureParts.markers(UploadedPicture(PictureSamples.photo).bytes)
        // JFIF, the orientation, ICC, then tables, the frame and the scan.
        #expect(markers.prefix(3) == [0xE0, 0xE1, 0xE2])
        #expect(markers.dropFirst(3).allSatisfy { [0xDB, 0xC0, 0xC4, 0xDA].contains($0) })
        let progressive = try PictureParts.markers(UploadedPicture(PictureSamples.progressive).bytes)
        #expect(progressive.prefix(2) == [0xE1, 0xEE])
    }

    @Test func theThumbnailOfJFIFIsCutOff() throws {
        let bytes = try UploadedPicture(PictureSamples.photo).bytes
        let start: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]
        #expect(bytes.starts(with: start + Array("JFIF\0\u{1}\u{1}\0\0\u{1}\0\u{1}\0\0".utf8)))
    }

    @Test(arguments: [0xC3, 0xC9, 0xCA, 0xF7] as [UInt8]) func codingThatNobodyShowsIsRefused(frame: UInt8) {
        let file = PictureSamples.grey.replacing([0xFF, 0xC0, 0], with: [0xFF, frame, 0])
        #expect(throws: InputRefusal.unusualPicture) { try UploadedPicture(file) }
    }

    @Test func twelveBitsAreRefused() {
        let file = PictureSamples.grey.replacing([0xFF, 0xC0, 0, 11, 8], with: [0xFF, 0xC1, 0, 11, 12])
        #expect(throws: InputRefusal.unusualPicture) { try UploadedPicture(file) }
    }

    @Test func bytesThatFillBeforeAMarkerAreNoHarm() throws {
        let file = PictureSamples.grey.replacing([0xFF, 0xC0], with: [0xFF, 0xFF, 0xFF, 0xC0])
        #expect(try UploadedPicture(file).bytes == PictureSamples.grey)
    }

    @Test(
        arguments: [
            // No frame, a second frame, no scan, a marker that does not exist, another start.
            ([0xFF, 0xC0], [0xFF, 0xFE]),
            ([0xFF, 0xD9], [0xFF, 0xC0, 0, 11, 8, 0, 18, 0, 24, 1, 1, 0x11, 0, 0xFF, 0xD9]),
            ([0xFF, 0xDA], [0xFF, 0xD9]), ([0xFF, 0xDB], [0xFF, 0x02]), ([0xFF, 0xDB], [0xFF, 0xD8]),
            // Two components in a frame with the length of one, and lengths that cannot be.
            ([0, 18, 0, 24, 1], [0, 18, 0, 24, 2]), ([0xFF, 0xDB, 0], [0xFF, 0xDB, 0xFF]),
            ([0xFF, 0xDB, 0, 67], [0xFF, 0xDB, 0, 1]),
        ] as [([UInt8], [UInt8])]
    )
    func damagedJPEGsAreRefused(old: [UInt8], new: [UInt8]) throws {
        try #require(PictureSamples.grey.offset(of: old) != nil)
        #expect(throws: InputRefusal.damagedPicture) {
            try UploadedPicture(PictureSamples.grey.replacing(old, with: new))
        }
    }

    // MARK: PNG

    private static let drawing = PictureParts.chunks(
        Array(PictureSamples.drawing.dropLast("Secret end".utf8.count))
    )
    private static let palette = PictureParts.chunks(PictureSamples.palette)

    @Test func aDrawingKeepsWhatItIsDecodedWith() throws {
        let names = try PictureParts.chunks(UploadedPicture(PictureSamples.drawing).bytes).map(\.name)
        #expect(names == ["IHDR", "iCCP", "gAMA", "eXIf", "IDAT", "IEND"])
        let indexed = try PictureParts.chunks(UploadedPicture(PictureSamples.palette).bytes).map(\.name)
        #expect(indexed == ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"])
    }

    @Test func theDataOfAPNGIsNotTouched() throws {
        let before = Self.drawing.filter { $0.name == "IDAT" }.map(\.data)
        let after = try PictureParts.chunks(UploadedPicture(PictureSamples.drawing).bytes).filter { $0.name == "IDAT" }
        #expect(after.map(\.data) == before)
    }

    @Test func anAnimatedPNGBecomesStill() throws {
        let names = try PictureParts.chunks(UploadedPicture(PictureSamples.animatedPNG).bytes).map(\.name)
        #expect(names == ["IHDR", "IDAT", "IEND"])
    }

    @Test func anOrientationAfterTheDataCounts() throws {
        var chunks = Self.drawing.filter { $0.name != "eXIf" }
        let exif = try #require(Self.drawing.first { $0.name == "eXIf" })
        chunks.insert(exif, at: chunks.count - 1)
        let names = try PictureParts.chunks(UploadedPicture(PictureParts.png(chunks)).bytes).map(\.name)
        #expect(names == ["IHDR", "iCCP", "gAMA", "eXIf", "IDAT", "IEND"])
    }

    @Test func theChecksumIsThatOfTheStandard() {
        #expect(CRC32.checksum(of: Array("123456789".utf8)[...]) == 0xCBF4_3926)
    }

    @Test func everyChecksumIsChecked() throws {
        for name in Self.drawing.map(\.name) {
            let offset = try #require(PictureSamples.drawing.offset(of: Array(name.utf8)))
            var file = PictureSamples.drawing
            // The last byte of the length, the name and the first byte of the data or of the checksum.
            file[offset + 4] ^= 1
            #expect(throws: InputRefusal.damagedPicture, "\(name)") { try UploadedPicture(file) }
        }
    }

    @Test func damagedPNGsAreRefused() throws {
        let (header, colours, data, end) = (Self.palette[0], Self.palette[1], Self.palette[3], Self.palette[4])
        let other: PictureParts.Chunk = ("teXt", [])
        let damaged: [[PictureParts.Chunk]] = [
            [colours, header, data, end], [header, data, end], [header, data, colours, end], [header, colours, end],
            [header, colours, data, other, data, end], [header, header, colours, data, end],
            [header, colours, colours, data, end], [header, colours, data], [header, colours, ("IDAT", []), end],
            [header, ("PLTE", [1, 2, 3, 4]), data, end],
            [header, ("PLTE", [UInt8](repeating: 1, count: 771)), data, end],
            [header, colours, data, ("IEND", [1])],
        ]
        for chunks in damaged {
            #expect(throws: InputRefusal.damagedPicture, "\(chunks.map(\.name))") {
                try UploadedPicture(PictureParts.png(chunks))
            }
        }
        #expect(throws: InputRefusal.unusualPicture) {
            try UploadedPicture(PictureParts.png([header, colours, ("TEST", []), data, end]))
        }
    }

    /// Bit depth, colour type, compression, filter and interlacing.
    @Test(arguments: [(8, 3), (9, 16), (9, 1), (10, 1), (11, 1), (12, 2)]) func impossibleHeadersAreRefused(
        offset: Int,
        value: UInt8
    ) {
        var chunks = Self.palette
        chunks[0].data[offset] = value
        #expect(throws: InputRefusal.damagedPicture) { try UploadedPicture(PictureParts.png(chunks)) }
    }

    // MARK: WebP

    private static let extended = PictureParts.riffChunks(
        Array(PictureSamples.extended.dropLast("Secret end".utf8.count))
    )

    @Test func anExtendedWebPKeepsWhatItIsDecodedWith() throws {
        let bytes = try UploadedPicture(PictureSamples.extended).bytes
        let chunks = PictureParts.riffChunks(bytes)
        #expect(chunks.map(\.name) == ["VP8X", "ICCP", "ALPH", "VP8 ", "EXIF"])
        // ICC, alpha and Exif, without XMP.
        #expect(chunks[0].data[0] == 0x38)
        #expect(bytes == PictureParts.webp(chunks))
        for name in ["ICCP", "ALPH", "VP8 "] {
            #expect(chunks.first { $0.name == name }?.data == Self.extended.first { $0.name == name }?.data)
        }
    }

    @Test func withoutOrientationThereIsNoExif() throws {
        let chunks = try PictureParts.riffChunks(
            UploadedPicture(PictureParts.webp(Self.extended.filter { $0.name != "EXIF" })).bytes
        )
        #expect(chunks.map(\.name) == ["VP8X", "ICCP", "ALPH", "VP8 "])
        #expect(chunks[0].data[0] == 0x30)
    }

    @Test func anAnimatedWebPIsRefused() {
        #expect(throws: InputRefusal.animatedPicture) { try UploadedPicture(PictureSamples.animatedWebP) }
        // Also one that does not admit it.
        var chunks = PictureParts.riffChunks(PictureSamples.animatedWebP)
        chunks[0].data[0] &= ~0x02
        #expect(throws: InputRefusal.animatedPicture) { try UploadedPicture(PictureParts.webp(chunks)) }
    }

    @Test func damagedWebPsAreRefused() {
        let (header, alpha, image) = (Self.extended[0], Self.extended[2], Self.extended[3])
        let lossless = PictureParts.riffChunks(PictureSamples.lossless)[0]
        var otherSize = header
        otherSize.data[4] += 1
        let damaged: [[PictureParts.Chunk]] = [
            [], [header], [image, image], [image, header], [header, header, image], [alpha, header, image],
            [otherSize, image], [header, alpha, lossless], [("VP8 ", [])], [("VP8L", [0x2F])],
        ]
        for chunks in damaged {
            #expect(throws: InputRefusal.damagedPicture, "\(chunks.map(\.name))") {
                try UploadedPicture(PictureParts.webp(chunks))
            }
        }
    }

    @Test func aMissingByteOfPaddingAtTheEndIsNoHarm() throws {
        let image = PictureParts.riffChunks(PictureSamples.lossless)[0]
        let odd = image.data.count.isMultiple(of: 2) ? image.data + [0] : image.data
        let padded = PictureParts.webp([("VP8L", odd)])
        var bare = Array(padded.dropLast())
        bare[4] -= 1
        #expect(try UploadedPicture(bare).bytes == padded)
    }
}
