/// A JPEG file (ITU-T T.81): markers with segments, and scans of coded data between them.
struct JPEGPicture {
    private var output: [UInt8] = [0xFF, Marker.startOfImage]
    /// Exif belongs at the start, after JFIF.
    private var exifOffset = 2
    private var orientation: ExifOrientation?
    private var frame: Frame?
    private var hasScan = false

    private struct Frame {
        let size: PictureSize
        let components: Int
    }

    /// The second byte of a marker; the first is always 0xFF.
    private enum Marker {
        static let startOfImage: UInt8 = 0xD8
        static let endOfImage: UInt8 = 0xD9
        static let startOfScan: UInt8 = 0xDA
        /// Baseline, extended and progressive, all with Huffman codes.
        static let frames: ClosedRange<UInt8> = 0xC0...0xC2
        /// Lossless, hierarchical or arithmetic coding, JPEG-LS, and a height that comes later: browsers show none.
        static let unusual: Set<UInt8> = [
            0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF, 0xDC, 0xDE, 0xDF, 0xF7, 0xF8,
        ]
        /// Huffman codes, quantization, restart interval.
        static let tables: Set<UInt8> = [0xC4, 0xDB, 0xDD]
        static let applications: ClosedRange<UInt8> = 0xE0...0xEF
        static let comment: UInt8 = 0xFE
    }

    static func strip(_ file: [UInt8]) throws(InputRefusal) -> StrippedPicture {
        var reader = PictureReader(file[...])
        _ = try reader.take(2)
        var picture = JPEGPicture()
        while true {
            let marker = try reader.marker()
            if marker == Marker.endOfImage { return try picture.finished() }
            var segment = try reader.segment()
            try picture.copy(marker, &segment)
            if marker == Marker.startOfScan { try picture.output += reader.scanData() }
        }
    }

    private func finished() throws(InputRefusal) -> StrippedPicture {
        guard let frame, hasScan else { throw .damagedPicture }
        var bytes = output + [0xFF, Marker.endOfImage]
        if let orientation {
            bytes.insert(contentsOf: Self.segment(0xE1, orientation.exif), at: exifOffset)
        }
        return StrippedPicture(size: frame.size, bytes: bytes)
    }

    private mutating func copy(_ marker: UInt8, _ segment: inout PictureReader) throws(InputRefusal) {
        let data = segment.rest
        switch marker {
        case Marker.frames: try readFrame(&segment)
        case Marker.startOfScan: try readScan(&segment)
        case Marker.tables: break
        case Marker.applications: return copyApplication(marker, data)
        case Marker.comment: return
        case Marker.unusual: throw .unusualPicture
        default: throw .damagedPicture
        }
        output += Self.segment(marker, data)
    }

    private mutating func readFrame(_ segment: inout PictureReader) throws(InputRefusal) {
        guard frame == nil else { throw .damagedPicture }
        guard try segment.byte() == 8 else { throw .unusualPicture }
        let height = try segment.bigEndian(2)
        let size = try PictureSize(width: segment.bigEndian(2), height: height)
        let components = try Int(segment.byte())
        guard [1, 3, 4].contains(components), segment.rest.count == components * 3 else { throw .damagedPicture }
        frame = Frame(size: size, components: components)
    }

    private mutating func readScan(_ segment: inout PictureReader) throws(InputRefusal) {
        guard let frame else { throw .damagedPicture }
        let components = try Int(segment.byte())
        guard (1...frame.components).contains(components), segment.rest.count == components * 2 + 3 else {
            throw .damagedPicture
        }
        hasScan = true
    }

    /// Of what applications add, keeps what says how colours are meant.
    private mutating func copyApplication(_ marker: UInt8, _ data: ArraySlice<UInt8>) {
        switch marker {
        case 0xE0 where data.count >= 14 && data.starts(with: "JFIF\0".utf8):
            // The last two bytes are the size of a smaller picture that would follow.
            let first = output.count == 2
            output += Self.segment(marker, data.prefix(12) + [0, 0])
            if first { exifOffset = output.count }
        case 0xE1 where ExifOrientation.isExif(data):
            orientation = orientation ?? ExifOrientation(exif: data)
        case 0xE2 where data.starts(with: "ICC_PROFILE\0".utf8):
            output += Self.segment(marker, data)
        case 0xEE where data.count >= 12 && data.starts(with: "Adobe".utf8):
            output += Self.segment(marker, data.prefix(12))
        default: break
        }
    }

    /// A length counts its own two bytes; what came from a segment fits into one.
    private static func segment(_ marker: UInt8, _ data: some Collection<UInt8>) -> [UInt8] {
        let length = data.count + 2
        return [0xFF, marker, UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)] + data
    }
}

extension PictureReader {
    fileprivate mutating func marker() throws(InputRefusal) -> UInt8 {
        guard try byte() == 0xFF else { throw .damagedPicture }
        // Any number of bytes 0xFF may stand before a marker.
        var marker = try byte()
        while marker == 0xFF { marker = try byte() }
        return marker
    }

    fileprivate mutating func segment() throws(InputRefusal) -> PictureReader {
        try PictureReader(take(bigEndian(2) - 2))
    }

    /// Coded data up to the next marker that is neither a restart nor a zero that was put after 0xFF.
    fileprivate mutating func scanData() throws(InputRefusal) -> ArraySlice<UInt8> {
        var from = rest.startIndex
        while let start = rest[from...].firstIndex(of: 0xFF), start + 1 < rest.endIndex {
            switch rest[start + 1] {
            case 0x00, 0xD0...0xD7: from = start + 2
            case 0xFF: from = start + 1
            default: return try take(start - rest.startIndex)
            }
        }
        throw .damagedPicture
    }
}

/// Lets a set stand in a `case`.
private func ~= (set: Set<UInt8>, marker: UInt8) -> Bool { set.contains(marker) }
