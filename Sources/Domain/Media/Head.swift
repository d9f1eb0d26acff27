/// The first bytes of a file.
struct Head {
    let bytes: [UInt8]

    func starts(with prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }

    func has(_ text: String, at offset: Int) -> Bool {
        bytes.count >= offset + text.utf8.count && bytes[offset...].starts(with: text.utf8)
    }

    func contains(_ pattern: [UInt8]) -> Bool {
        guard bytes.count >= pattern.count else { return false }
        return (0...(bytes.count - pattern.count)).contains { bytes[$0...].starts(with: pattern) }
    }

    func bigEndian32(at offset: Int) -> UInt32? {
        guard bytes.count >= offset + 4 else { return nil }
        return bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The first words in lower case, without a byte order mark and leading space.
    var text: String {
        let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
        let mark = marks.first { bytes.starts(with: $0) }?.count ?? 0
        // The zero bytes are UTF-16's.
        let words = bytes.dropFirst(mark).prefix(512).filter { $0 != 0 }
        let start = words.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return String(decoding: start.prefix(64), as: UTF8.self).lowercased()
    }

    /// Whether these are letters in UTF-8 or UTF-16 and nothing else.
    var isText: Bool {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
        let controls = bytes.contains { $0 < 0x20 && !(0x08...0x0D).contains($0) && $0 != 0x1B || $0 == 0x7F }
        // The head may end within a character.
        return !controls && (0...3).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
    }
}
