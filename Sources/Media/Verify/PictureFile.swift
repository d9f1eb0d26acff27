/// The size of a JPEG or WebP file, read from its headers, and whether all of it is there.
struct PictureFile: Equatable {
    var width: Int
    var height: Int
    /// The pictures of an animated WebP; 1 for a still one.
    var frameCount = 1
    /// How long an animation takes.
    var milliseconds = 0

    /// `nil` for another format, and for a file that lost its end: decoders make grey of what is missing.
    init?(_ bytes: [UInt8]) {
        guard let parsed = (try? Self.webP(bytes)) ?? (try? Self.jpeg(bytes)) else { return nil }
        self = parsed
    }

    private init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Marker segments up to the frame's header, SOF (ITU-T T.81, annex B).
    private static func jpeg(_ bytes: [UInt8]) throws(MalformedMedia) -> PictureFile? {
        guard bytes.suffix(2).elementsEqual([0xff, 0xd9]) else { return nil }
        var reader = ByteReader(bytes[...])
        guard try reader.integer(2) == 0xffd8 else { return nil }
        while true {
            let marker = try reader.integer(2)
            let size = try reader.integer(2) - 2
            // C4, C8 and CC are tables in the midst of the frame headers' numbers.
            guard (0xffc0...0xffcf).contains(marker), ![0xffc4, 0xffc8, 0xffcc].contains(marker) else {
                try reader.skip(size)
                continue
            }
            try reader.skip(1)
            let height = try reader.integer(2)
            return PictureFile(width: try reader.integer(2), height: height)
        }
    }

    /// A RIFF file of little-endian chunks: `VP8X` with sizes and one `ANMF` a picture, or a still `VP8 ` or `VP8L`.
    private static func webP(_ bytes: [UInt8]) throws(MalformedMedia) -> PictureFile? {
        var reader = ByteReader(bytes[...])
        guard try reader.text(4) == "RIFF" else { return nil }
        let size = try reader.littleEndian(4)
        guard try reader.text(4) == "WEBP", size + 8 <= bytes.count else { return nil }
        var file: PictureFile?
        while !reader.rest.isEmpty {
            let type = try reader.text(4)
            let size = try reader.littleEndian(4)
            var chunk = ByteReader(try reader.take(size))
            if !size.isMultiple(of: 2) { try reader.skip(1) }
            switch type {
            case "VP8X":
                try chunk.skip(4)
                file = PictureFile(width: try chunk.littleEndian(3) + 1, height: try chunk.littleEndian(3) + 1)
                file?.frameCount = 0
            case "ANMF":
                try chunk.skip(12)
                file?.frameCount += 1
                file?.milliseconds += try chunk.littleEndian(3)
            case "VP8 ":
                // A frame's tag and its start code come before 14 bits each of width and height.
                try chunk.skip(6)
                let (width, height) = (try chunk.littleEndian(2) & 0x3fff, try chunk.littleEndian(2) & 0x3fff)
                file = file ?? PictureFile(width: width, height: height)
                file?.frameCount = 1
            case "VP8L":
                try chunk.skip(1)
                let bits = try chunk.littleEndian(4)
                file = file ?? PictureFile(width: bits & 0x3fff + 1, height: bits >> 14 & 0x3fff + 1)
                file?.frameCount = 1
            default: break
            }
        }
        return file
    }
}

extension ByteReader {
    fileprivate mutating func littleEndian(_ byteCount: Int) throws(MalformedMedia) -> Int {
        try take(byteCount).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
