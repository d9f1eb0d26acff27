/// How a picture is to be turned and mirrored before it is shown: the one fact of Exif that must survive.
struct ExifOrientation: Equatable {
    /// From 2 to 8 (Exif 2.32, 4.6.4); 1 is upright, which goes without saying.
    let rawValue: UInt8

    private static let identifier = Array("Exif\0\0".utf8)
    private static let tag = 0x0112
    private static let typeShort = 3

    /// Looks into the TIFF structure that Exif is, with or without the identifier before it.
    ///
    /// `nil` also for a damaged one: it is dropped anyway.
    init?(exif: ArraySlice<UInt8>) {
        let tiff = exif.starts(with: Self.identifier) ? exif.dropFirst(Self.identifier.count) : exif
        guard let value = try? Self.find(in: tiff), (2...8).contains(value) else { return nil }
        rawValue = UInt8(value)
    }

    /// Whether the data of a JPEG segment or of a chunk is Exif.
    static func isExif(_ data: ArraySlice<UInt8>) -> Bool { data.starts(with: identifier) }

    private static func find(in tiff: ArraySlice<UInt8>) throws(InputRefusal) -> Int? {
        var reader = PictureReader(tiff)
        let order = try reader.bigEndian(2)
        guard order == 0x4949 || order == 0x4D4D else { return nil }
        let isLittle = order == 0x4949
        guard try reader.number(2, isLittleEndian: isLittle) == 42 else { return nil }
        reader = try PictureReader(tiff.dropFirst(reader.number(4, isLittleEndian: isLittle)))
        for _ in try 0..<reader.number(2, isLittleEndian: isLittle) {
            var field = try PictureReader(reader.take(12))
            let tag = try field.number(2, isLittleEndian: isLittle)
            let type = try field.number(2, isLittleEndian: isLittle)
            let count = try field.number(4, isLittleEndian: isLittle)
            let value = try field.number(2, isLittleEndian: isLittle)
            if tag == Self.tag { return type == typeShort && count == 1 ? value : nil }
        }
        return nil
    }

    /// A TIFF structure of 26 bytes with this one field.
    var tiff: [UInt8] {
        // Byte order, 42, where the directory begins, and how many fields it has.
        [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1]
            // The field: its tag, its type, how many values, and the value, padded to four bytes.
            + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, rawValue, 0, 0]
            // There is no other directory.
            + [0, 0, 0, 0]
    }

    /// The same with the identifier that JPEG asks for.
    var exif: [UInt8] { Self.identifier + tiff }
}
