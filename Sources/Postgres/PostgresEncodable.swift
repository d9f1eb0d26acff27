public import Foundation

/// A Swift type that can be bound to a statement.
///
/// Each Swift type declares one PostgreSQL type for its parameters, so that the
/// binary form always fits what the server expects. The server casts from there:
/// an `Int` is a `bigint`, and may be assigned to and compared with an `integer`
/// column; where a function wants an `integer`, write `\(n)::int` or bind an `Int32`.
///
/// A `String` is the exception. Its type is left to the server, as with a quoted
/// literal, so that it fits enums, `uuid`, `jsonb` and the like; where nothing tells
/// its type (`\(s) IS NULL`), write `\(s)::text`.
public protocol PostgresEncodable: Sendable {
    static var postgresType: PostgresType { get }
    /// The value as it travels; it throws a ``PostgresError`` of kind `encoding`.
    var postgresValue: PostgresValue { get throws }
}

/// What can be bound, read, and used inside an array.
public typealias PostgresCodable = PostgresArrayElement & PostgresDecodable & PostgresEncodable

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    public static var postgresType: PostgresType { RawValue.postgresType }
    public var postgresValue: PostgresValue { get throws { try rawValue.postgresValue } }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    public static var postgresType: PostgresType { Wrapped.postgresType }
    public var postgresValue: PostgresValue {
        get throws { try self?.postgresValue ?? .null(Wrapped.postgresType) }
    }
}

extension Int: PostgresEncodable {
    public static var postgresType: PostgresType { .int8 }
    public var postgresValue: PostgresValue { PostgresValue(.int8, binary: Array(bigEndian: Int64(self))) }
}

extension Int64: PostgresEncodable {
    public static var postgresType: PostgresType { .int8 }
    public var postgresValue: PostgresValue { PostgresValue(.int8, binary: Array(bigEndian: self)) }
}

extension Int32: PostgresEncodable {
    public static var postgresType: PostgresType { .int4 }
    public var postgresValue: PostgresValue { PostgresValue(.int4, binary: Array(bigEndian: self)) }
}

extension Int16: PostgresEncodable {
    public static var postgresType: PostgresType { .int2 }
    public var postgresValue: PostgresValue { PostgresValue(.int2, binary: Array(bigEndian: self)) }
}

extension Double: PostgresEncodable {
    public static var postgresType: PostgresType { .float8 }
    public var postgresValue: PostgresValue { PostgresValue(.float8, binary: Array(bigEndian: bitPattern)) }
}

extension Float: PostgresEncodable {
    public static var postgresType: PostgresType { .float4 }
    public var postgresValue: PostgresValue { PostgresValue(.float4, binary: Array(bigEndian: bitPattern)) }
}

extension Bool: PostgresEncodable {
    public static var postgresType: PostgresType { .bool }
    public var postgresValue: PostgresValue { PostgresValue(.bool, binary: [self ? 1 : 0]) }
}

extension String: PostgresEncodable {
    public static var postgresType: PostgresType { .text }
    public var postgresValue: PostgresValue {
        get throws {
            let bytes = Array(utf8)
            // libpq ends a text parameter at its first NUL, which would cut the value short without a word.
            guard !bytes.contains(0) else {
                throw PostgresError(.encoding, message: "PostgreSQL cannot store a text with a NUL character")
            }
            return PostgresValue(oid: 0, isBinary: false, bytes: bytes)
        }
    }
}

extension UUID: PostgresEncodable {
    public static var postgresType: PostgresType { .uuid }
    public var postgresValue: PostgresValue {
        PostgresValue(.uuid, binary: withUnsafeBytes(of: uuid) { Array($0) })
    }
}

extension Date: PostgresEncodable {
    /// PostgreSQL counts microseconds from the start of 2000, in Foundation's seconds since 2001.
    static let postgresEpoch = Date(timeIntervalSince1970: 946_684_800)

    public static var postgresType: PostgresType { .timestamptz }
    public var postgresValue: PostgresValue {
        get throws {
            if self == .distantFuture { return PostgresValue(.timestamptz, binary: Array(bigEndian: Int64.max)) }
            if self == .distantPast { return PostgresValue(.timestamptz, binary: Array(bigEndian: Int64.min)) }
            let microseconds = (timeIntervalSince(Self.postgresEpoch) * 1_000_000).rounded()
            guard let exact = Int64(exactly: microseconds) else {
                throw PostgresError(.encoding, message: "the date \(self) is outside PostgreSQL's range")
            }
            return PostgresValue(.timestamptz, binary: Array(bigEndian: exact))
        }
    }
}

extension Duration: PostgresEncodable {
    public static var postgresType: PostgresType { .interval }
    public var postgresValue: PostgresValue {
        // An interval is microseconds, days and months, counted apart.
        var bytes = [UInt8](bigEndian: microseconds)
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: Int32(0))
        return PostgresValue(.interval, binary: bytes)
    }
}
