/// The number by which PostgreSQL knows a type, and that of its array.
///
/// The numbers of built-in types never change: see `pg_type.dat` in PostgreSQL's source.
public struct PostgresType: Sendable, Equatable {
    public let oid: UInt32
    public let arrayOID: UInt32

    public static let bool = PostgresType(oid: 16, arrayOID: 1000)
    public static let bytea = PostgresType(oid: 17, arrayOID: 1001)
    public static let int8 = PostgresType(oid: 20, arrayOID: 1016)
    public static let int2 = PostgresType(oid: 21, arrayOID: 1005)
    public static let int4 = PostgresType(oid: 23, arrayOID: 1007)
    public static let text = PostgresType(oid: 25, arrayOID: 1009)
    public static let float4 = PostgresType(oid: 700, arrayOID: 1021)
    public static let float8 = PostgresType(oid: 701, arrayOID: 1022)
    public static let timestamptz = PostgresType(oid: 1184, arrayOID: 1185)
    public static let interval = PostgresType(oid: 1186, arrayOID: 1187)
    public static let uuid = PostgresType(oid: 2950, arrayOID: 2951)
    public static let jsonb = PostgresType(oid: 3802, arrayOID: 3807)
}

/// Numbers of types that are read but never sent.
enum ReadableOID {
    static let name: UInt32 = 19
    static let char: UInt32 = 18
    static let oid: UInt32 = 26
    static let json: UInt32 = 114
    static let date: UInt32 = 1082
    static let timestamp: UInt32 = 1114
    static let numeric: UInt32 = 1700

    /// Whether the binary form is not text, although a byte string can always be had.
    static func isNotText(_ oid: UInt32) -> Bool {
        switch oid {
        case 16, 17, 20, 21, 23, 26, 700, 701, 1000, 1001, 1005, 1007, 1009, 1016, 1021, 1022, 1082, 1083, 1114, 1184,
            1185, 1186, 1187, 1700, 2249, 2950, 2951, 3220, 3802, 3807:
            true
        default: false
        }
    }
}

/// A value in the form in which it travels to the server.
public struct PostgresValue: Sendable {
    /// The declared type of the parameter; 0 lets the server infer it from where the parameter stands.
    let oid: UInt32
    let isBinary: Bool
    /// Nil is NULL.
    let bytes: [UInt8]?

    /// A value in the binary format of its type.
    init(_ type: PostgresType, binary bytes: [UInt8]?) {
        self.init(oid: type.oid, isBinary: true, bytes: bytes)
    }

    init(oid: UInt32, isBinary: Bool, bytes: [UInt8]?) {
        self.oid = oid
        self.isBinary = isBinary
        self.bytes = bytes
    }

    /// A value of the same declared type that is NULL.
    static func null(_ type: PostgresType) -> PostgresValue {
        // Text stays of unknown type, as a string that is there does: the statement is then the same one.
        PostgresValue(oid: type == .text ? 0 : type.oid, isBinary: type != .text, bytes: nil)
    }
}

/// Appends integers in network byte order.
extension [UInt8] {
    mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    init<T: FixedWidthInteger>(bigEndian value: T) {
        self = Swift.withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
