/// One value of a row, as the server sent it.
public struct PostgresCell {
    /// Owns the memory that ``bytes`` points into.
    let result: ResultHandle
    let column: Int
    let oid: UInt32
    let bytes: UnsafeRawBufferPointer

    /// An error that names the column.
    func failure(_ reason: String) -> PostgresError {
        PostgresError(.decoding, message: "column \(result.columnName(column)) \(reason)")
    }

    func mismatch(for type: String) -> PostgresError {
        failure("has the type number \(oid), which cannot be read as \(type)")
    }

    func require(_ oids: [UInt32], for type: String) throws(PostgresError) {
        guard oids.contains(oid) else { throw mismatch(for: type) }
    }

    /// A fixed-width integer of exactly the cell's length.
    func load<T: FixedWidthInteger & BitwiseCopyable>(as type: T.Type = T.self) throws(PostgresError) -> T {
        guard bytes.count == MemoryLayout<T>.size else { throw failure("has \(bytes.count) bytes") }
        return T(bigEndian: bytes.loadUnaligned(as: T.self))
    }

    /// An integer of any of PostgreSQL's widths; `sum(bigint)` is a `numeric`, so that is read too.
    func integer() throws -> Int64 {
        switch oid {
        case PostgresType.int8.oid: try load()
        case PostgresType.int4.oid: Int64(try load(as: Int32.self))
        case PostgresType.int2.oid: Int64(try load(as: Int16.self))
        case ReadableOID.oid: Int64(try load(as: UInt32.self))
        case ReadableOID.numeric: try NumericDecoder(self).integer
        default: throw mismatch(for: "an integer")
        }
    }
}

/// Reads PostgreSQL's decimal numbers: digits to the base 10 000, and the weight of the first.
struct NumericDecoder {
    private let cell: PostgresCell
    private let digits: [Int64]
    private let weight: Int
    private let isNegative: Bool

    init(_ cell: PostgresCell) throws(PostgresError) {
        self.cell = cell
        let bytes = cell.bytes
        func word(_ index: Int) -> UInt16 {
            UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
        }
        guard bytes.count >= 8, bytes.count == 8 + Int(word(0)) * 2 else { throw cell.failure("is a damaged numeric") }
        // 0xC000 is NaN, 0xD000 and 0xF000 are the infinities.
        guard word(2) == 0 || word(2) == 0x4000 else { throw cell.failure("is not a finite number") }
        weight = Int(Int16(bitPattern: word(1)))
        isNegative = word(2) == 0x4000
        digits = (0..<Int(word(0))).map { Int64(word(4 + $0)) }
    }

    var double: Double {
        var value = 0.0
        for digit in digits { value = value * 10_000 + Double(digit) }
        // Dividing by a power is exact where multiplying by its inverse is not.
        let shift = weight - digits.count + 1
        for _ in 0..<abs(shift) { value = shift < 0 ? value / 10_000 : value * 10_000 }
        return isNegative ? -value : value
    }

    var integer: Int64 {
        get throws {
            var value: Int64 = 0
            guard digits.dropFirst(max(0, weight + 1)).allSatisfy({ $0 == 0 }) else {
                throw cell.failure("has a fraction")
            }
            for position in 0..<max(0, weight + 1) {
                let (shifted, overflow) = value.multipliedReportingOverflow(by: 10_000)
                let digit = position < digits.count ? digits[position] : 0
                let (sum, carry) = shifted.subtractingReportingOverflow(digit)  // negative, to reach Int64.min
                guard !overflow, !carry else { throw cell.failure("does not fit into 64 bits") }
                value = sum
            }
            guard !isNegative else { return value }
            guard value != .min else { throw cell.failure("does not fit into 64 bits") }
            return -value
        }
    }
}
