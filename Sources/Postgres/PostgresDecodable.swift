public import Foundation

/// A Swift type that can be read from a column.
public protocol PostgresDecodable: Sendable {
    /// Reads a value; it throws a ``PostgresError`` of kind `decoding`.
    init(postgresCell cell: PostgresCell) throws
    /// What NULL becomes; it throws unless the type is an Optional.
    static func decodeNull(from cell: PostgresCell) throws -> Self
}

extension PostgresDecodable {
    public static func decodeNull(from cell: PostgresCell) throws -> Self {
        throw cell.failure("is NULL, which cannot be read as \(Self.self)")
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    public init(postgresCell cell: PostgresCell) throws {
        let raw = try RawValue(postgresCell: cell)
        guard let value = Self(rawValue: raw) else { throw cell.failure("has a value that is no \(Self.self)") }
        self = value
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    public init(postgresCell cell: PostgresCell) throws { self = try Wrapped(postgresCell: cell) }
    public static func decodeNull(from cell: PostgresCell) throws -> Wrapped? { nil }
}

extension PostgresDecodable where Self: FixedWidthInteger {
    public init(postgresCell cell: PostgresCell) throws {
        guard let value = Self(exactly: try cell.integer()) else {
            throw cell.failure("does not fit into \(Self.self)")
        }
        self = value
    }
}

extension Int: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension Int16: PostgresDecodable {}

extension Double: PostgresDecodable {
    public init(postgresCell cell: PostgresCell) throws {
        switch cell.oid {
        case PostgresType.float8.oid: self.init(bitPattern: try cell.load())
        case PostgresType.float4.oid: self.init(Float(bitPattern: try cell.load()))
        case ReadableOID.numeric: self = try NumericDecoder(cell).double
        default: self.init(try cell.integer())
        }
    }
}

extension Float: PostgresDecodable {
    public init(postgresCell cell: PostgresCell) throws { self.init(try Double(postgresCell: cell)) }
}

extension Bool: PostgresDecodable {
    public init(postgresCell cell: PostgresCell) throws {
        try cell.require([PostgresType.bool.oid], for: "Bool")
        self = try cell.load(as: UInt8.self) != 0
    }
}

extension String: PostgresDecodable {
    /// Reads text, enums and every other type whose binary form is its text.
    public init(postgresCell cell: PostgresCell) throws {
        guard !ReadableOID.isNotText(cell.oid) else { throw cell.mismatch(for: "String") }
        guard let text = String(validating: cell.bytes, as: UTF8.self) else { throw cell.failure("is not UTF-8") }
        self = text
    }
}

extension UUID: PostgresDecodable {
    public init(postgresCell cell: PostgresCell) throws {
        try cell.require([PostgresType.uuid.oid], for: "UUID")
        guard cell.bytes.count == 16 else { throw cell.failure("is not 16 bytes long") }
        var value: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &value) { $0.copyMemory(from: cell.bytes) }
        self.init(uuid: value)
    }
}

extension Date: PostgresDecodable {
    /// Reads `timestamptz`, and `timestamp` and `date` as UTC; the infinities are Foundation's distant dates.
    public init(postgresCell cell: PostgresCell) throws {
        if cell.oid == ReadableOID.date {
            self = Date.postgresEpoch.addingTimeInterval(Double(try cell.load(as: Int32.self)) * 86_400)
            return
        }
        try cell.require([PostgresType.timestamptz.oid, ReadableOID.timestamp], for: "Date")
        switch try cell.load(as: Int64.self) {
        case .max: self = .distantFuture
        case .min: self = .distantPast
        case let value: self = Date.postgresEpoch.addingTimeInterval(Double(value) / 1_000_000)
        }
    }
}

extension Duration: PostgresDecodable {
    /// Reads an interval; a month counts 30 days, as in PostgreSQL's `extract(epoch from ...)`.
    public init(postgresCell cell: PostgresCell) throws {
        try cell.require([PostgresType.interval.oid], for: "Duration")
        guard cell.bytes.count == 16 else { throw cell.failure("is not 16 bytes long") }
        let microseconds = Int64(bigEndian: cell.bytes.loadUnaligned(as: Int64.self))
        let days = Int32(bigEndian: cell.bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self))
        let months = Int32(bigEndian: cell.bytes.loadUnaligned(fromByteOffset: 12, as: Int32.self))
        self = .microseconds(microseconds) + .seconds((Int64(days) + Int64(months) * 30) * 86_400)
    }
}
