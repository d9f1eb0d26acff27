/// One sample of a video track: a coded picture with what belongs to it.
enum CodedPicture {
    /// Whether a player can start here and needs nothing of before: an IDR picture, or AV1's shown key frame.
    static func startsDecoding(_ bytes: [UInt8], entry: SampleEntry) throws(MalformedMedia) -> Bool {
        switch entry.format {
        case "avc1":
            // Types 1 to 5 are slices and their parts, 5 is of an IDR picture.
            let first = try firstUnit(bytes, lengthBytes: lengthBytes(entry, 4)) { (1...5).contains($0 & 0x1f) }
            return first.map { $0 & 0x1f == 5 } ?? false
        case "hvc1":
            // Types below 32 are slices; 19 and 20 are IDR. 21, CRA, may be followed by pictures shown before it.
            let first = try firstUnit(bytes, lengthBytes: lengthBytes(entry, 21)) { $0 >> 1 & 0x3f < 32 }
            return first.map { [19, 20].contains($0 >> 1 & 0x3f) } ?? false
        case "av01": return try startsSequence(bytes)
        default: return false
        }
    }

    /// How many bytes say the size of a NAL unit: the lowest two bits of a byte of the configuration.
    private static func lengthBytes(_ entry: SampleEntry, _ index: Int) -> Int {
        entry.configuration.count > index ? Int(entry.configuration[index] & 3) + 1 : 4
    }

    /// The header byte of the first unit that is wanted.
    private static func firstUnit(
        _ bytes: [UInt8],
        lengthBytes: Int,
        where isWanted: (UInt8) -> Bool
    ) throws(MalformedMedia) -> UInt8? {
        var reader = ByteReader(bytes[...])
        while !reader.rest.isEmpty {
            let unit = try reader.take(reader.integer(lengthBytes))
            if let header = unit.first, isWanted(header) { return header }
        }
        return nil
    }

    /// A sequence header, then a frame that is shown, of type key.
    private static func startsSequence(_ bytes: [UInt8]) throws(MalformedMedia) -> Bool {
        let units = try AV1Units.split(bytes[...])
        guard
            let header = units.firstIndex(where: { $0.type == 1 }),
            let frame = units.firstIndex(where: { [3, 6].contains($0.type) }), header < frame
        else { return false }
        // show_existing_frame 0, frame_type 00, show_frame 1
        return units[frame].payload.first.map { $0 >> 4 == 1 } ?? false
    }
}
