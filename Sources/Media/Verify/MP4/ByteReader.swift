/// Reads big-endian numbers one after another; reading past the end is an error.
struct ByteReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Sizes, times and durations beyond this are lies, and sums of them would overflow.
    private static let limit = 1 << 60

    /// The next `byteCount` bytes, at most 8, as an unsigned number; of 8 bytes, as a signed one.
    mutating func integer(_ byteCount: Int) throws(MalformedMedia) -> Int {
        let value = try Int(truncatingIfNeeded: take(byteCount).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        guard (-Self.limit...Self.limit).contains(value) else { throw MalformedMedia("has an impossible number") }
        return value
    }

    /// The next four bytes as a signed number.
    mutating func signed() throws(MalformedMedia) -> Int { try Int(Int32(truncatingIfNeeded: integer(4))) }

    mutating func text(_ byteCount: Int) throws(MalformedMedia) -> String {
        String(decoding: try take(byteCount), as: UTF8.self)
    }

    mutating func take(_ byteCount: Int) throws(MalformedMedia) -> ArraySlice<UInt8> {
        guard byteCount >= 0, rest.count >= byteCount else { throw MalformedMedia("ends inside a structure") }
        defer { rest = rest.dropFirst(byteCount) }
        return rest.prefix(byteCount)
    }

    mutating func skip(_ byteCount: Int) throws(MalformedMedia) { _ = try take(byteCount) }
}
