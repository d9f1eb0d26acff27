/// A still WebP file (RFC 9649): RIFF chunks, of which one is the picture.
///
/// The simple layout is that chunk alone; the extended one begins with `VP8X`,
/// which says what else there is. Both are written anew, so that nothing but
/// the known chunks is left.
struct WebPPicture {
    private var header: Header?
    private var colourProfile: ArraySlice<UInt8>?
    private var alpha: ArraySlice<UInt8>?
    private var image: Image?
    private var orientation: ExifOrientation?

    private struct Header {
        let flags: UInt8
        let size: PictureSize
    }

    private struct Image {
        let name: String
        let data: ArraySlice<UInt8>
        let size: PictureSize
    }

    /// Bits of the first byte of `VP8X`.
    private enum Flag {
        static let animation: UInt8 = 0x02
        static let exif: UInt8 = 0x08
        static let alpha: UInt8 = 0x10
        static let colourProfile: UInt8 = 0x20
    }

    static func strip(_ file: [UInt8]) throws(InputRefusal) -> StrippedPicture {
        var reader = PictureReader(file[...])
        _ = try reader.take(4)
        var riff = try PictureReader(reader.take(reader.littleEndian(4)))
        _ = try riff.take(4)
        var picture = WebPPicture()
        while !riff.isAtEnd {
            let (name, data) = try riff.chunk()
            try picture.read(name, data)
        }
        return try picture.finished()
    }

    private mutating func read(_ name: String, _ data: ArraySlice<UInt8>) throws(InputRefusal) {
        switch name {
        case "VP8X": try readHeader(data)
        case "VP8 ", "VP8L": try readImage(name, data)
        case "ICCP" where image == nil: colourProfile = colourProfile ?? data
        case "ALPH" where image == nil: alpha = alpha ?? data
        case "EXIF": orientation = orientation ?? ExifOrientation(exif: data)
        case "ANIM", "ANMF": throw .animatedPicture
        default: break
        }
    }

    private mutating func readHeader(_ data: ArraySlice<UInt8>) throws(InputRefusal) {
        guard header == nil, image == nil, colourProfile == nil, alpha == nil else { throw .damagedPicture }
        var reader = PictureReader(data)
        let flags = try reader.byte()
        guard flags & Flag.animation == 0 else { throw .animatedPicture }
        _ = try reader.take(3)
        let width = try reader.littleEndian(3) + 1
        header = try Header(flags: flags, size: PictureSize(width: width, height: reader.littleEndian(3) + 1))
    }

    private mutating func readImage(_ name: String, _ data: ArraySlice<UInt8>) throws(InputRefusal) {
        guard image == nil else { throw .damagedPicture }
        let size = try name == "VP8L" ? Self.losslessSize(data) : Self.lossySize(data)
        image = Image(name: name, data: data, size: size)
    }

    /// RFC 6386, 9.1: a frame tag of three bytes, a start code, and two sides of 14 bits.
    private static func lossySize(_ data: ArraySlice<UInt8>) throws(InputRefusal) -> PictureSize {
        var reader = PictureReader(data)
        let tag = try reader.littleEndian(3)
        let (isKeyframe, version, isShown, partition) = (tag & 1 == 0, tag >> 1 & 7, tag >> 4 & 1 == 1, tag >> 5)
        guard isKeyframe, version <= 3, isShown, try reader.bigEndian(3) == 0x9D012A else { throw .damagedPicture }
        let width = try reader.littleEndian(2) & 0x3FFF
        let size = try PictureSize(width: width, height: reader.littleEndian(2) & 0x3FFF)
        guard partition > 0, partition < reader.rest.count else { throw .damagedPicture }
        return size
    }

    /// RFC 9649, 3.4: a signature, two sides of 14 bits less one, whether there is alpha, and a version.
    private static func losslessSize(_ data: ArraySlice<UInt8>) throws(InputRefusal) -> PictureSize {
        var reader = PictureReader(data)
        guard try reader.byte() == 0x2F else { throw .damagedPicture }
        let bits = try reader.littleEndian(4)
        guard bits >> 29 == 0, !reader.isAtEnd else { throw .damagedPicture }
        return try PictureSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
    }

    private func finished() throws(InputRefusal) -> StrippedPicture {
        guard let image else { throw .damagedPicture }
        let chunks =
            if let header { try extendedChunks(header, image) } else { Self.chunk(image.name, image.data) }
        var bytes = Array("RIFF".utf8)
        bytes.appendLittleEndian32(UInt32(chunks.count + 4))
        return StrippedPicture(size: image.size, bytes: bytes + Array("WEBP".utf8) + chunks)
    }

    private func extendedChunks(_ header: Header, _ image: Image) throws(InputRefusal) -> [UInt8] {
        // Lossless pictures hold their own alpha.
        guard image.size == header.size, alpha == nil || image.name == "VP8 " else { throw .damagedPicture }
        let colourProfile = header.flags & Flag.colourProfile == 0 ? nil : colourProfile
        var flags = header.flags & Flag.alpha
        if colourProfile != nil { flags |= Flag.colourProfile }
        if orientation != nil { flags |= Flag.exif }
        var chunks = Self.chunk("VP8X", Self.headerData(flags, header.size))
        if let colourProfile { chunks += Self.chunk("ICCP", colourProfile) }
        if let alpha { chunks += Self.chunk("ALPH", alpha) }
        chunks += Self.chunk(image.name, image.data)
        if let orientation { chunks += Self.chunk("EXIF", orientation.tiff) }
        return chunks
    }

    private static func headerData(_ flags: UInt8, _ size: PictureSize) -> [UInt8] {
        let sides = [size.width - 1, size.height - 1].flatMap { side in
            [0, 8, 16].map { UInt8(truncatingIfNeeded: side >> $0) }
        }
        return [flags, 0, 0, 0] + sides
    }

    /// A chunk of odd length is followed by a zero.
    private static func chunk(_ name: String, _ data: some Collection<UInt8>) -> [UInt8] {
        var chunk = Array(name.utf8)
        chunk.appendLittleEndian32(UInt32(data.count))
        chunk += data
        if !data.count.isMultiple(of: 2) { chunk.append(0) }
        return chunk
    }
}

extension PictureReader {
    fileprivate mutating func chunk() throws(InputRefusal) -> (name: String, data: ArraySlice<UInt8>) {
        let name = try fourCharacters()
        let data = try take(littleEndian(4))
        // Some programs leave the padding after the last chunk out.
        if !data.count.isMultiple(of: 2), !isAtEnd { _ = try byte() }
        return (name, data)
    }
}
