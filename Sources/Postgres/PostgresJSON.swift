import Foundation

/// A value stored as `jsonb`.
public struct PostgresJSON<Value: Codable & Sendable>: Sendable {
    public var value: Value
    public init(_ value: Value) { self.value = value }
}

extension PostgresJSON: Equatable where Value: Equatable {}

extension PostgresJSON: PostgresCodable {
    public static var postgresType: PostgresType { .jsonb }

    public var postgresValue: PostgresValue {
        get throws {
            do {
                // The binary form of jsonb is a version, which is 1, and the text.
                return PostgresValue(.jsonb, binary: [1] + (try JSONEncoder().encode(value)))
            } catch {
                throw PostgresError(.encoding, message: "\(Value.self) cannot be written as JSON: \(error)")
            }
        }
    }

    public init(postgresCell cell: PostgresCell) throws {
        try cell.require([PostgresType.jsonb.oid, ReadableOID.json], for: "JSON")
        let text = cell.oid == PostgresType.jsonb.oid ? cell.bytes.dropFirst() : cell.bytes[...]
        do {
            value = try JSONDecoder().decode(Value.self, from: Data(text))
        } catch {
            throw cell.failure("cannot be read as \(Value.self): \(error)")
        }
    }
}
