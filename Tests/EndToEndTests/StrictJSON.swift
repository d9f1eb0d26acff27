import Foundation

/// JSON that keeps apart what Foundation's reader mixes up: integers, fractions and booleans.
enum StrictJSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with a point or an exponent, or beyond 64 bits, as it is written.
    case fraction(String)
    case string(String)
    case array([StrictJSON])
    case object([String: StrictJSON])

    struct Malformed: Error, CustomStringConvertible { let description: String }

    init(_ data: Data) throws {
        var reader = StrictJSONReader(Array(data))
        self = try reader.readDocument()
    }

    /// A member; `null` where there is none.
    subscript(name: String) -> StrictJSON {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    var items: [StrictJSON] { if case .array(let items) = self { items } else { [] } }
    var int: Int64? { if case .integer(let value) = self { value } else { nil } }
    var text: String? { if case .string(let value) = self { value } else { nil } }
    var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
}

/// Reads one document (RFC 8259), and refuses a name that is there twice.
private struct StrictJSONReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func readDocument() throws -> StrictJSON {
        let value = try readValue()
        skipSpace()
        guard position == bytes.count else { throw fail("something follows the document") }
        return value
    }

    private mutating func readValue() throws -> StrictJSON {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try read("true", as: .bool(true))
        case UInt8(ascii: "f"): return try read("false", as: .bool(false))
        case UInt8(ascii: "n"): return try read("null", as: .null)
        default: return try readNumber()
        }
    }

    private mutating func readObject() throws -> [String: StrictJSON] {
        var members: [String: StrictJSON] = [:]
        try readList(until: "}") { reader in
            reader.skipSpace()
            let name = try reader.readString()
            try reader.expect(":")
            guard members.updateValue(try reader.readValue(), forKey: name) == nil else {
                throw reader.fail("\(name) is there twice")
            }
        }
        return members
    }

    private mutating func readArray() throws -> [StrictJSON] {
        var items: [StrictJSON] = []
        try readList(until: "]") { reader in items.append(try reader.readValue()) }
        return items
    }

    private mutating func readList(until end: Unicode.Scalar, item: (inout Self) throws -> Void) throws {
        position += 1
        skipSpace()
        if peek == UInt8(ascii: end) {
            position += 1
            return
        }
        while true {
            try item(&self)
            skipSpace()
            guard peek == UInt8(ascii: ",") else { return try expect(end) }
            position += 1
        }
    }

    private mutating func readString() throws -> String {
        guard peek == UInt8(ascii: "\"") else { throw fail("a string was expected") }
        let start = position
        position += 1
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fail("a control character in a string") }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        try expect("\"")
        // Foundation knows the escapes; that this is one string has been seen.
        return try JSONDecoder().decode([String].self, from: Data([0x5B] + bytes[start..<position] + [0x5D]))[0]
    }

    private mutating func readNumber() throws -> StrictJSON {
        let start = position
        while let byte = peek, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?/) != nil else {
            throw fail("“\(text)” is no number")
        }
        return Int64(text).map { .integer($0) } ?? .fraction(text)
    }

    private mutating func read(_ word: String, as value: StrictJSON) throws -> StrictJSON {
        guard bytes[position...].starts(with: word.utf8) else { throw fail("\(word) was expected") }
        position += word.utf8.count
        return value
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        skipSpace()
        guard peek == UInt8(ascii: character) else { throw fail("“\(character)” was expected") }
        position += 1
    }

    private mutating func skipSpace() { while let byte = peek, " \t\r\n".utf8.contains(byte) { position += 1 } }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func fail(_ what: String) -> StrictJSON.Malformed {
        .init(description: "\(what) at byte \(position) of \(String(decoding: bytes.prefix(2000), as: UTF8.self))")
    }
}
