import Testing

@testable import Domain

@Suite struct UploadedPictureTests {
    private typealias Samples = PictureSamples

    static let accepted: [(name: String, format: UploadedPicture.Format, file: [UInt8])] = [
        ("photo", .jpeg, Samples.photo), ("progressive", .jpeg, Samples.progressive), ("grey", .jpeg, Samples.grey),
        ("drawing", .png, Samples.drawing), ("palette", .png, Samples.palette),
        ("animatedPNG", .png, Samples.animatedPNG), ("lossy", .webp, Samples.lossy),
        ("lossless", .webp, Samples.lossless), ("extended", .webp, Samples.extended),
    ]

    /// TIFF with one field; the zero is where the orientation stands.
    private static func minimalExif(_ orientation: UInt8) -> [UInt8] {
        [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
    }

    @Test(arguments: accepted) func picturesAreKnownByTheirContent(
        name: String,
        format: UploadedPicture.Format,
        file: [UInt8]
    ) throws {
        let picture = try UploadedPicture(file)
        #expect(picture.format == format)
        #expect(picture.width == 24)
        #expect(picture.height == 18)
    }

    @Test(arguments: accepted) func nothingPrivateIsLeft(
        name: String,
        format: UploadedPicture.Format,
        file: [UInt8]
    ) throws {
        let bytes = try UploadedPicture(file).bytes
        for word in ["Secret", "GPS", "xmp", "Photoshop", "MPF", "JFXX", "II*\0"] { #expect(!bytes.contains(word)) }
    }

    @Test(arguments: accepted) func strippingTwiceChangesNothing(
        name: String,
        format: UploadedPicture.Format,
        file: [UInt8]
    ) throws {
        let bytes = try UploadedPicture(file).bytes
        #expect(try UploadedPicture(bytes).bytes == bytes)
    }

    @Test(arguments: [Samples.grey, Samples.palette, Samples.lossy, Samples.lossless])
    func whatHasNoMetadataStaysAsItIs(file: [UInt8]) throws {
        #expect(try UploadedPicture(file).bytes == file)
        #expect(try UploadedPicture(file + Array("behind the end".utf8)).bytes == file)
    }

    @Test func typesAndExtensionsAreThoseOfTheFormat() throws {
        #expect(try UploadedPicture(Samples.grey).contentType == "image/jpeg")
        #expect(try UploadedPicture(Samples.grey).fileExtension == "jpg")
        #expect(try UploadedPicture(Samples.palette).contentType == "image/png")
        #expect(try UploadedPicture(Samples.palette).fileExtension == "png")
        #expect(try UploadedPicture(Samples.lossy).contentType == "image/webp")
        #expect(try UploadedPicture(Samples.lossy).fileExtension == "webp")
    }

    @Test(
        arguments: [
            (Samples.photo, 6), (Samples.progressive, 8), (Samples.drawing, 3), (Samples.extended, 5),
        ] as [([UInt8], UInt8)]
    )
    func theOrientationSurvivesAlone(file: [UInt8], orientation: UInt8) throws {
        #expect(try UploadedPicture(file).bytes.offset(of: Self.minimalExif(orientation)) != nil)
    }

    @Test func uprightAndImpossibleOrientationsAreNotWritten() throws {
        let turned = try UploadedPicture(Samples.photo).bytes
        for orientation: UInt8 in [0, 1, 9, 255] {
            let file = turned.replacing(Self.minimalExif(6), with: Self.minimalExif(orientation))
            #expect(file != turned)
            #expect(try !UploadedPicture(file).bytes.contains("Exif"))
        }
    }

    @Test(arguments: [
        "", "GIF89a\u{18}\0\u{12}\0", "%PDF-1.7", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "BM6", "II*\0", "RIFF",
        "\0\0\0\u{18}ftypheic", "\0\0\0\u{18}ftypavif", "\0\0\0\u{18}ftypisom", "RIFF\u{4}\0\0\0WAVE", "\u{1A}E",
    ])
    func everythingElseIsRefused(head: String) {
        let file = Array(head.utf8) + [UInt8](repeating: 0, count: head.isEmpty ? 0 : 100)
        #expect(throws: InputRefusal.notAPicture) { try UploadedPicture(file) }
    }

    /// Each sample with its sides replaced; lossless WebP keeps them less one.
    private static func resized(_ format: String, _ width: Int, _ height: Int) -> [UInt8] {
        let (wide, high) = (UInt32(truncatingIfNeeded: width), UInt32(truncatingIfNeeded: height))
        switch format {
        case "JPEG":
            return Samples.grey.replacing(
                [0xFF, 0xC0, 0, 11, 8, 0, 18, 0, 24],
                with: [0xFF, 0xC0, 0, 11, 8] + [
                    UInt8(high >> 8), UInt8(high & 255), UInt8(wide >> 8), UInt8(wide & 255),
                ]
            )
        case "PNG":
            var chunks = PictureParts.chunks(Samples.palette)
            var sides: [UInt8] = []
            sides.appendBigEndian32(wide)
            sides.appendBigEndian32(high)
            chunks[0].data.replaceSubrange(0..<8, with: sides)
            return PictureParts.png(chunks)
        case "VP8":
            return Samples.lossy.replacing(
                [0x9D, 1, 0x2A, 24, 0, 18, 0],
                with: [0x9D, 1, 0x2A] + [
                    UInt8(wide & 255), UInt8(wide >> 8), UInt8(high & 255), UInt8(high >> 8),
                ]
            )
        default:
            var chunk = PictureParts.riffChunks(Samples.lossless)[0]
            var bits: [UInt8] = []
            bits.appendLittleEndian32((wide &- 1) & 0x3FFF | ((high &- 1) & 0x3FFF) << 14)
            chunk.data.replaceSubrange(1..<5, with: bits)
            return PictureParts.webp([chunk])
        }
    }

    @Test(arguments: ["JPEG", "PNG", "VP8", "VP8L"], [(16, 16), (8192, 8192), (16, 8192), (8192, 16)])
    func sidesWithinTheLimitsAreAccepted(format: String, side: (Int, Int)) throws {
        let picture = try UploadedPicture(Self.resized(format, side.0, side.1))
        #expect(picture.width == side.0)
        #expect(picture.height == side.1)
    }

    @Test(arguments: ["JPEG", "PNG", "VP8", "VP8L"], [(15, 16), (16, 15), (8193, 16), (16, 8193), (0, 16), (16, 0)])
    func otherSidesAreNot(format: String, side: (Int, Int)) throws {
        #expect(throws: InputRefusal.pictureSize) { try UploadedPicture(Self.resized(format, side.0, side.1)) }
    }

    @Test func theSizeRefusalNamesTheLimits() {
        #expect(InputRefusal.pictureSize.message.english.contains("16 to 8192 pixels"))
        #expect(InputRefusal.pictureSize.message.chinese.contains("16 到 8192 像素"))
    }
}
