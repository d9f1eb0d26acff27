/// Reads a file that nobody vouches for, front to back; a step past its end is a refusal.
struct PictureReader {
    /// What was not read yet.
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) throws(InputRefusal) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw .damagedPicture }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func byte() throws(InputRefusal) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .damagedPicture }
        return byte
    }

    /// An unsigned number of up to 4 bytes, the most significant first.
    mutating func bigEndian(_ count: Int) throws(InputRefusal) -> Int {
        try take(count).reduce(0) { $0 << 8 | Int($1) }
    }

    /// An unsigned number of up to 4 bytes, the least significant first.
    mutating func littleEndian(_ count: Int) throws(InputRefusal) -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func number(_ count: Int, isLittleEndian: Bool) throws(InputRefusal) -> Int {
        try isLittleEndian ? littleEndian(count) : bigEndian(count)
    }

    /// The four letters by which PNG and RIFF name a chunk.
    mutating func fourCharacters() throws(InputRefusal) -> String {
        let letters = try take(4)
        guard letters.allSatisfy({ (0x20...0x7E).contains($0) }) else { throw .damagedPicture }
        return String(decoding: letters, as: UTF8.self)
    }
}

extension [UInt8] {
    mutating func appendBigEndian32(_ number: UInt32) {
        for shift in stride(from: 24, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func appendLittleEndian32(_ number: UInt32) { appendBigEndian32(number.byteSwapped) }
}
