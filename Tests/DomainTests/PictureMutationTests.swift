import Testing

@testable import Domain

/// Files that somebody made to break us: whatever they hold, the answer is a picture or a refusal.
@Suite struct PictureMutationTests {
    /// SplitMix64 (Steele, Lea and Flood, 2014), so that each run tries the same files.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    private static let samples = UploadedPictureTests.accepted.map(\.file) + [PictureSamples.animatedWebP]

    /// What every picture that was accepted has in common.
    private func isSound(_ picture: UploadedPicture) -> Bool {
        UploadedPicture.side.contains(picture.width) && UploadedPicture.side.contains(picture.height)
            && (try? UploadedPicture(picture.bytes))?.bytes == picture.bytes
    }

    @Test(arguments: UploadedPictureTests.accepted) func noPartOfAPictureIsAPicture(
        name: String,
        format: UploadedPicture.Format,
        file: [UInt8]
    ) throws {
        let whole = try UploadedPicture(file).bytes
        let accepted = file.indices.filter { length in
            guard let picture = try? UploadedPicture(Array(file.prefix(length))) else { return false }
            #expect(picture.bytes == whole)
            return true
        }
        // Only what stands after the end may be missing.
        #expect(accepted.allSatisfy { $0 >= file.count - accepted.count })
        #expect(accepted.isEmpty || ["photo", "drawing", "extended"].contains(name))
    }

    @Test(arguments: samples.indices) func oneChangedByteIsAPictureOrARefusal(sample: Int) {
        var generator = Generator(state: UInt64(sample))
        for _ in 0..<2000 {
            var file = Self.samples[sample]
            let offset = Int.random(in: file.indices, using: &generator)
            file[offset] = UInt8.random(in: .min ... .max, using: &generator)
            guard let picture = try? UploadedPicture(file) else { continue }
            #expect(isSound(picture), "byte \(offset) is \(file[offset])")
        }
    }

    @Test(arguments: samples.indices) func manyChangedBytesAreAPictureOrARefusal(sample: Int) {
        var generator = Generator(state: UInt64(sample) << 32)
        for _ in 0..<500 {
            var file = Self.samples[sample]
            for _ in 0..<Int.random(in: 2...8, using: &generator) {
                let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]
                let offset = Int.random(in: 3..<file.count, using: &generator)
                file[offset] = extremes[Int.random(in: extremes.indices, using: &generator)]
            }
            guard let picture = try? UploadedPicture(file) else { continue }
            #expect(isSound(picture))
        }
    }

    /// The checksums of PNG would hide most of what lies behind them.
    @Test(arguments: [PictureSamples.palette, PictureSamples.animatedPNG])
    func changedChunksWithGoodChecksumsAreAPictureOrARefusal(file: [UInt8]) {
        var generator = Generator(state: 7)
        for _ in 0..<2000 {
            var chunks = PictureParts.chunks(file)
            let changed = Int.random(in: chunks.indices, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: chunks.swapAt(changed, Int.random(in: chunks.indices, using: &generator))
            case 1: chunks.remove(at: changed)
            case 2: chunks[changed].data = chunks[changed].data.dropLast()
            default:
                guard let offset = chunks[changed].data.indices.randomElement(using: &generator) else { continue }
                chunks[changed].data[offset] = UInt8.random(in: .min ... .max, using: &generator)
            }
            guard let picture = try? UploadedPicture(PictureParts.png(chunks)) else { continue }
            #expect(isSound(picture))
        }
    }

    /// Offsets, counts and types of Exif, each with every extreme value.
    @Test(arguments: [PictureSamples.photo, PictureSamples.progressive]) func damagedExifIsDropped(file: [UInt8]) throws
    {
        let exif = try #require(file.offset(of: Array("Exif\0\0".utf8)))
        for offset in exif..<(exif + 64) {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var file = file
                file[offset] = value
                let picture = try UploadedPicture(file)
                #expect(isSound(picture))
                #expect(!picture.bytes.contains("Secret"))
            }
        }
    }
}
