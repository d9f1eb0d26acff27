import NIOCore

/// CRC-64 of ECMA-182 as OSS computes it of every object (its catalogue name is CRC-64/XZ).
struct CRC64: Sendable {
    /// The polynomial, its bits reversed.
    private static let polynomial: UInt64 = 0xC96C_5795_D787_0F42

    /// Slicing by 8: `tables[n][byte]` is what a byte does that is followed by `n` zero bytes.
    private static let tables: [UInt64] = {
        var tables = [UInt64](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            tables[byte] = (0..<8).reduce(UInt64(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xff)]
        }
        return tables
    }()

    private var state = UInt64.max

    /// The checksum of all bytes so far.
    var value: UInt64 { ~state }

    init() {}

    /// Of bytes in memory.
    init(_ bytes: ByteBuffer) { update(bytes) }

    mutating func update(_ bytes: ByteBuffer) { bytes.withUnsafeReadableBytes { update($0) } }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = state
        Self.tables.withUnsafeBufferPointer { tables in
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = crc ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                crc =
                    tables[7 * 256 + Int(word & 0xff)] ^ tables[6 * 256 + Int(word >> 8 & 0xff)]
                    ^ tables[5 * 256 + Int(word >> 16 & 0xff)] ^ tables[4 * 256 + Int(word >> 24 & 0xff)]
                    ^ tables[3 * 256 + Int(word >> 32 & 0xff)] ^ tables[2 * 256 + Int(word >> 40 & 0xff)]
                    ^ tables[256 + Int(word >> 48 & 0xff)] ^ tables[Int(word >> 56)]
                offset += 8
            }
            for byte in bytes[offset...] { crc = crc >> 8 ^ tables[Int((crc ^ UInt64(byte)) & 0xff)] }
        }
        state = crc
    }

    /// The checksum of two pieces one after the other, from theirs and the length of the second.
    ///
    /// A checksum is a polynomial; what is followed by `n` bytes is multiplied by x to the power of `8n`.
    static func combine(_ first: UInt64, _ second: UInt64, secondBytes: Int64) -> UInt64 {
        var shift = oneBit
        var square = xToTheEighth
        var bits = UInt64(secondBytes)
        while bits > 0 {
            if bits & 1 == 1 { shift = multiply(shift, square) }
            square = multiply(square, square)
            bits >>= 1
        }
        return multiply(shift, first) ^ second
    }

    /// The polynomial 1: bits are reversed, so the first is the highest.
    private static let oneBit: UInt64 = 1 << 63
    private static let xToTheEighth: UInt64 = 1 << 55

    /// The product, modulo the checksum's polynomial.
    private static func multiply(_ one: UInt64, _ other: UInt64) -> UInt64 {
        var product: UInt64 = 0
        var shifted = other
        for bit in 0..<64 {
            if one << bit & oneBit != 0 { product ^= shifted }
            shifted = shifted & 1 == 1 ? shifted >> 1 ^ polynomial : shifted >> 1
        }
        return product
    }
}
