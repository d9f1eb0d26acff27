public import Foundation

/// A type whose arrays can be bound and read.
///
/// It has a default implementation for everything that can be bound and read by
/// itself. `UInt8` conforms as well: its array is a `bytea`.
public protocol PostgresArrayElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func encode(array: [Self]) throws -> PostgresValue
    static func decode(array: PostgresCell) throws -> [Self]
}

extension Int: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}
extension Int32: PostgresArrayElement {}
extension Int16: PostgresArrayElement {}
extension Double: PostgresArrayElement {}
extension Float: PostgresArrayElement {}
extension Bool: PostgresArrayElement {}
extension String: PostgresArrayElement {}
extension UUID: PostgresArrayElement {}
extension Date: PostgresArrayElement {}
extension Duration: PostgresArrayElement {}
extension Optional: PostgresArrayElement where Wrapped: PostgresCodable {}

extension PostgresArrayElement where Self: PostgresDecodable & PostgresEncodable {
    public static var postgresArrayType: PostgresType { PostgresType(oid: postgresType.arrayOID, arrayOID: 0) }

    public static func encode(array: [Self]) throws -> PostgresValue {
        let values = try array.map { try $0.postgresValue.bytes }
        let hasNulls = values.contains { $0 == nil }
        var bytes = [UInt8](arrayHeader: postgresType, count: values.count, hasNulls: hasNulls)
        for value in values {
            bytes.append(bigEndian: Int32(value?.count ?? -1))
            bytes.append(contentsOf: value ?? [])
        }
        return PostgresValue(postgresArrayType, binary: bytes)
    }

    public static func decode(array cell: PostgresCell) throws -> [Self] {
        var reader = ArrayReader(cell)
        return try reader.elements().map { element in
            guard let element else { return try Self.decodeNull(from: cell) }
            return try Self(postgresCell: element)
        }
    }
}

/// Lists of ids are bound all the time, so they do without a value for each element.
extension PostgresArrayElement where Self: FixedWidthInteger & PostgresDecodable & PostgresEncodable {
    public static func encode(array: [Self]) -> PostgresValue {
        var bytes = [UInt8](arrayHeader: postgresType, count: array.count, hasNulls: false)
        bytes.reserveCapacity(bytes.count + array.count * (4 + MemoryLayout<Self>.size))
        for element in array {
            bytes.append(bigEndian: Int32(MemoryLayout<Self>.size))
            bytes.append(bigEndian: element)
        }
        return PostgresValue(postgresArrayType, binary: bytes)
    }
}

extension PostgresArrayElement
where
    Self: RawRepresentable & PostgresDecodable & PostgresEncodable,
    RawValue: FixedWidthInteger & PostgresDecodable & PostgresEncodable & PostgresArrayElement
{
    public static func encode(array: [Self]) throws -> PostgresValue {
        try RawValue.encode(array: array.map { $0.rawValue })
    }
}

extension [UInt8] {
    /// Dimensions, whether there are NULLs, type of the elements; then length and lower bound of the one dimension.
    fileprivate init(arrayHeader type: PostgresType, count: Int, hasNulls: Bool) {
        self.init(bigEndian: Int32(count == 0 ? 0 : 1))
        append(bigEndian: Int32(hasNulls ? 1 : 0))
        append(bigEndian: type.oid)
        guard count > 0 else { return }
        append(bigEndian: Int32(count))
        append(bigEndian: Int32(1))
    }
}

extension UInt8: PostgresArrayElement {
    public static var postgresArrayType: PostgresType { .bytea }
    public static func encode(array: [UInt8]) -> PostgresValue { PostgresValue(.bytea, binary: array) }
    public static func decode(array cell: PostgresCell) throws -> [UInt8] {
        try cell.require([PostgresType.bytea.oid], for: "[UInt8]")
        return Array(cell.bytes)
    }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    public static var postgresType: PostgresType { Element.postgresArrayType }
    public var postgresValue: PostgresValue { get throws { try Element.encode(array: self) } }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    public init(postgresCell cell: PostgresCell) throws { self = try Element.decode(array: cell) }
}

/// Takes an array apart into one cell per element.
private struct ArrayReader {
    private let cell: PostgresCell
    private var offset = 0

    init(_ cell: PostgresCell) { self.cell = cell }

    mutating func elements() throws(PostgresError) -> [PostgresCell?] {
        let dimensions = try next()
        _ = try next()  // whether there are NULLs
        let oid = UInt32(bitPattern: try next())
        guard dimensions > 0 else { return [] }
        guard dimensions == 1 else { throw cell.failure("has \(dimensions) dimensions") }
        let count = try next()
        guard count >= 0 else { throw cell.failure("is a damaged array") }
        _ = try next()  // lower bound
        var elements: [PostgresCell?] = []
        for _ in 0..<count { elements.append(try element(oid)) }
        return elements
    }

    private mutating func element(_ oid: UInt32) throws(PostgresError) -> PostgresCell? {
        let length = Int(try next())
        guard length >= 0 else { return nil }
        guard offset + length <= cell.bytes.count else { throw cell.failure("is a damaged array") }
        defer { offset += length }
        let bytes = UnsafeRawBufferPointer(rebasing: cell.bytes[offset..<offset + length])
        return PostgresCell(result: cell.result, column: cell.column, oid: oid, bytes: bytes)
    }

    private mutating func next() throws(PostgresError) -> Int32 {
        guard offset + 4 <= cell.bytes.count else { throw cell.failure("is no array") }
        defer { offset += 4 }
        return Int32(bigEndian: cell.bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }
}
