import NIOCore

/// Writes JSON straight into the bytes of an answer.
///
/// A page of thirty videos takes a third of `JSONEncoder`'s time.
struct JSONWriter {
    private(set) var buffer: ByteBuffer
    private var needsComma = false

    /// The longest list, in bytes from the beginning of the document; with what follows it, an answer stays under 2 MB.
    static let listMaxBytes = 1_990_000

    init(capacity: Int = 1024) { buffer = ByteBufferAllocator().buffer(capacity: capacity) }

    /// A whole document that is one object.
    static func object(capacity: Int = 1024, _ body: (inout JSONWriter) -> Void) -> ByteBuffer {
        var writer = JSONWriter(capacity: capacity)
        writer.object(body)
        return writer.buffer
    }

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        separate()
        buffer.writeStaticString("{")
        needsComma = false
        body(&self)
        buffer.writeStaticString("}")
        needsComma = true
    }

    /// A member's name, to be followed by its value.
    mutating func name(_ name: StaticString) {
        separate()
        buffer.writeStaticString("\"")
        buffer.writeStaticString(name)
        buffer.writeStaticString("\":")
        needsComma = false
    }

    mutating func member(_ name: StaticString, _ value: String) {
        self.name(name)
        string(value)
    }

    mutating func member(_ name: StaticString, _ value: Int64) {
        self.name(name)
        buffer.writeString(String(value))
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    mutating func member(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        object(body)
    }

    /// A member that is a list; what would make it too long is left out, from the first such entry on.
    mutating func member<Element>(
        _ name: StaticString,
        _ elements: some Sequence<Element>,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        self.name(name)
        buffer.writeStaticString("[")
        needsComma = false
        for element in elements {
            let (end, hadComma) = (buffer.writerIndex, needsComma)
            body(&self, element)
            guard buffer.writerIndex > Self.listMaxBytes else { continue }
            buffer.moveWriterIndex(to: end)
            needsComma = hadComma
            break
        }
        buffer.writeStaticString("]")
        needsComma = true
    }

    /// A member that is a list of objects which were written before.
    mutating func member<Element>(
        _ name: StaticString,
        rendered elements: some Sequence<Element>,
        _ write: (Element, inout ByteBuffer) -> Void
    ) {
        member(name, elements) { json, element in
            json.separate()
            write(element, &json.buffer)
            json.needsComma = true
        }
    }

    /// A member whose value somebody will replace.
    ///
    /// - Returns: where the value stands.
    mutating func marked(_ name: StaticString, _ value: Bool) -> Int {
        self.name(name)
        let position = buffer.writerIndex
        bool(value)
        return position
    }

    private mutating func bool(_ value: Bool) {
        buffer.writeStaticString(value ? "true" : "false")
        needsComma = true
    }

    private mutating func separate() { if needsComma { buffer.writeStaticString(",") } }
}

/// Strings.
extension JSONWriter {
    private mutating func string(_ value: String) {
        buffer.writeStaticString("\"")
        if value.utf8.contains(where: Self.needsEscape) { escaped(value) } else { buffer.writeString(value) }
        buffer.writeStaticString("\"")
        needsComma = true
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escaped(_ value: String) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
            case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
            case UInt8(ascii: "\n"): buffer.writeStaticString("\\n")
            case UInt8(ascii: "\r"): buffer.writeStaticString("\\r")
            case UInt8(ascii: "\t"): buffer.writeStaticString("\\t")
            case ..<0x20: buffer.writeString("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))")
            default: buffer.writeInteger(byte)
            }
        }
    }
}
