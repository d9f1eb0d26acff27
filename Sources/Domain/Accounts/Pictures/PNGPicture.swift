/// A PNG file (W3C PNG, third edition): chunks, each with its length, its name and a checksum.
///
/// An animated PNG becomes the still picture that it also holds: its other
/// frames are chunks that a reader need not know.
struct PNGPicture {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private var output = Self.signature
    private var header: Header?
    private var orientation: ExifOrientation?
    private var kept: Set<String> = []
    /// Where the first IDAT begins: what describes the picture stands before it.
    private var dataOffset: Int?
    private var dataBytes = 0
    private var dataEnded = false

    private struct Header {
        let size: PictureSize
        let colourType: Int
    }

    fileprivate struct Chunk {
        let name: String
        let data: ArraySlice<UInt8>
        /// With length, name and checksum.
        let whole: ArraySlice<UInt8>

        /// A small first letter: a reader may skip what it does not know.
        var isOptional: Bool { name.first?.isLowercase == true }
    }

    /// Which bit depths a colour type may have.
    private static let depths: [Int: Set<Int>] = [
        0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
    ]

    /// What says how colours are meant, and how long it may be.
    private static let colours: [String: ClosedRange<Int>] = [
        "tRNS": 1...256, "gAMA": 4...4, "cHRM": 32...32, "sRGB": 1...1, "sBIT": 1...4, "iCCP": 1...Int.max,
    ]

    static func strip(_ file: [UInt8]) throws(InputRefusal) -> StrippedPicture {
        var reader = PictureReader(file[...])
        _ = try reader.take(signature.count)
        var picture = PNGPicture()
        try picture.readHeader(reader.chunk())
        while true {
            let chunk = try reader.chunk()
            if chunk.name == "IEND" { return try picture.finished(chunk) }
            try picture.copy(chunk)
        }
    }

    private func finished(_ end: Chunk) throws(InputRefusal) -> StrippedPicture {
        guard let header, let dataOffset, dataBytes > 0, end.data.isEmpty else { throw .damagedPicture }
        var bytes = output + end.whole
        if let orientation {
            bytes.insert(contentsOf: Self.chunk("eXIf", orientation.tiff), at: dataOffset)
        }
        return StrippedPicture(size: header.size, bytes: bytes)
    }

    private mutating func readHeader(_ chunk: Chunk) throws(InputRefusal) {
        var reader = PictureReader(chunk.data)
        guard chunk.name == "IHDR", chunk.data.count == 13 else { throw .damagedPicture }
        let width = try reader.bigEndian(4)
        let size = try PictureSize(width: width, height: reader.bigEndian(4))
        let (depth, colourType) = try (Int(reader.byte()), Int(reader.byte()))
        let (compression, filter, interlace) = try (reader.byte(), reader.byte(), reader.byte())
        guard Self.depths[colourType]?.contains(depth) == true, compression == 0, filter == 0, interlace <= 1 else {
            throw .damagedPicture
        }
        header = Header(size: size, colourType: colourType)
        output += chunk.whole
    }

    private mutating func copy(_ chunk: Chunk) throws(InputRefusal) {
        if chunk.name == "IDAT" { return try copyData(chunk) }
        dataEnded = dataOffset != nil
        switch chunk.name {
        case "PLTE": try copyPalette(chunk)
        case "eXIf": orientation = orientation ?? ExifOrientation(exif: chunk.data)
        case "IHDR": throw .damagedPicture
        default:
            guard chunk.isOptional else { throw .unusualPicture }
            guard !dataEnded, Self.colours[chunk.name]?.contains(chunk.data.count) == true else { return }
            if kept.insert(chunk.name).inserted { output += chunk.whole }
        }
    }

    /// The data of a picture is one stream, cut into chunks that follow each other.
    private mutating func copyData(_ chunk: Chunk) throws(InputRefusal) {
        let needsPalette = header?.colourType == 3
        guard !dataEnded, !needsPalette || kept.contains("PLTE") else { throw .damagedPicture }
        dataOffset = dataOffset ?? output.count
        dataBytes += chunk.data.count
        output += chunk.whole
    }

    /// Up to 256 colours of three bytes; a picture in shades of grey has none.
    private mutating func copyPalette(_ chunk: Chunk) throws(InputRefusal) {
        let isGrey = header?.colourType == 0 || header?.colourType == 4
        guard !dataEnded, !isGrey, (3...768).contains(chunk.data.count), chunk.data.count.isMultiple(of: 3),
            kept.insert(chunk.name).inserted
        else { throw .damagedPicture }
        output += chunk.whole
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + data
        var chunk: [UInt8] = []
        chunk.appendBigEndian32(UInt32(data.count))
        chunk += named
        chunk.appendBigEndian32(CRC32.checksum(of: named[...]))
        return chunk
    }
}

extension PictureReader {
    fileprivate mutating func chunk() throws(InputRefusal) -> PNGPicture.Chunk {
        let start = rest
        let length = try bigEndian(4)
        var named = try PictureReader(take(length + 4))
        let checked = named.rest
        guard try bigEndian(4) == Int(CRC32.checksum(of: checked)) else { throw .damagedPicture }
        return try PNGPicture.Chunk(
            name: named.fourCharacters(),
            data: named.rest,
            whole: start.prefix(length + 12)
        )
    }
}
