/// One box of an MP4 file (ISO/IEC 14496-12, section 4.2): a 32-bit size, a four-letter type, and its payload.
struct MP4Box {
    let type: String
    /// Where the box starts: an index of the bytes that it was found in.
    let start: Int
    let payload: ArraySlice<UInt8>

    var end: Int { payload.endIndex }

    /// All boxes of a row.
    static func row(in bytes: ArraySlice<UInt8>) throws(MalformedMedia) -> [MP4Box] {
        var boxes: [MP4Box] = []
        var reader = ByteReader(bytes)
        while !reader.rest.isEmpty {
            let start = reader.rest.startIndex
            let size = try reader.integer(4)
            let type = try reader.text(4)
            // 1 announces a 64-bit size; 0, "to the end", is for a last `mdat` only.
            let payloadSize = size == 1 ? try reader.integer(8) &- 16 : size == 0 ? reader.rest.count : size - 8
            boxes.append(MP4Box(type: type, start: start, payload: try reader.take(payloadSize)))
        }
        return boxes
    }

    /// The boxes inside, after `fieldBytes` bytes of fields.
    func children(after fieldBytes: Int = 0) throws(MalformedMedia) -> [MP4Box] {
        try Self.row(in: payload.dropFirst(fieldBytes))
    }

    /// The box at the end of a path of types; each must exist.
    func box(_ path: String...) throws(MalformedMedia) -> MP4Box {
        var box = self
        for type in path {
            guard let next = try box.children().first(where: { $0.type == type }) else {
                throw MalformedMedia("has no \(type) in its \(box.type)")
            }
            box = next
        }
        return box
    }

    func boxIfPresent(_ type: String) throws(MalformedMedia) -> MP4Box? {
        try children().first { $0.type == type }
    }

    /// The fields of a full box, after its version and flags.
    func fields() throws(MalformedMedia) -> (version: Int, flags: Int, reader: ByteReader) {
        var reader = ByteReader(payload)
        return (try reader.integer(1), try reader.integer(3), reader)
    }
}
