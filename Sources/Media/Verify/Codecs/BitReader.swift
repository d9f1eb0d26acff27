/// Reads numbers of any width, most significant bit first, and the codes that video headers use.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    mutating func bit() throws(MalformedMedia) -> Int {
        guard position < bytes.count * 8 else { throw MalformedMedia("has a codec's header that ends too soon") }
        defer { position += 1 }
        return Int(bytes[position >> 3] >> (7 - UInt8(position & 7)) & 1)
    }

    mutating func flag() throws(MalformedMedia) -> Bool { try bit() == 1 }

    mutating func bits(_ count: Int) throws(MalformedMedia) -> Int {
        var value = 0
        for _ in 0..<count { value = value << 1 | (try bit()) }
        return value
    }

    mutating func skip(_ count: Int) { position += count }

    /// `ue(v)`: Exp-Golomb, as many leading zeros as bits follow the one.
    mutating func unsignedGolomb() throws(MalformedMedia) -> Int {
        var zeros = 0
        while try !flag() {
            zeros += 1
            if zeros > 32 { throw MalformedMedia("has a codec's header with an impossible number") }
        }
        return (1 << zeros) - 1 + (try bits(zeros))
    }

    /// `se(v)`: the same for numbers of both signs.
    mutating func signedGolomb() throws(MalformedMedia) -> Int {
        let code = try unsignedGolomb()
        return code & 1 == 1 ? (code + 1) / 2 : -code / 2
    }
}
