/// An element of the XML that object stores answer with: names, text and children; attributes and namespaces are left out.
///
/// A document type, with which XML can be made to read files and to grow
/// without end, is refused.
struct XMLElement: Sendable, Equatable {
    /// Without a prefix.
    var name: String
    /// The text directly in it.
    var text = ""
    var children: [XMLElement] = []

    /// Elements within elements, at most.
    static let maxDepth = 32

    /// The first child of that name.
    subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The outermost element of a document; `nil` when it is not well-formed.
    init?(document: [UInt8]) {
        var reader = Reader(bytes: document[...])
        guard let root = reader.document() else { return nil }
        self = root
    }

    init(name: String) { self.name = name }

    /// Text in a form that can stand in a document.
    static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

private struct Reader {
    var bytes: ArraySlice<UInt8>

    mutating func document() -> XMLElement? {
        // A byte order mark.
        skip(past: "\u{FEFF}")
        guard skipMisc(), skip(past: "<"), let root = element(depth: 1), skipMisc(), bytes.isEmpty else { return nil }
        return root
    }

    /// Spaces, comments and declarations between elements.
    private mutating func skipMisc() -> Bool {
        while true {
            bytes = bytes.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
            if skip(past: "<?") {
                guard skip(to: "?>") != nil else { return false }
            } else if skip(past: "<!--") {
                guard skip(to: "-->") != nil else { return false }
            } else {
                return true
            }
        }
    }

    /// After its `<`.
    private mutating func element(depth: Int) -> XMLElement? {
        guard depth <= XMLElement.maxDepth, let tag = startTag() else { return nil }
        var element = XMLElement(name: tag.name)
        guard !tag.isEmpty else { return element }
        while let text = skip(to: "<") {
            guard let decoded = Self.decode(text) else { return nil }
            element.text += decoded
            if skip(past: "/") {
                let name = skip(to: ">").map { Self.localName($0.prefix { !Self.isSpace($0) }) }
                return name == element.name ? element : nil
            }
            if skip(past: "!--") {
                guard skip(to: "-->") != nil else { return nil }
            } else if skip(past: "![CDATA[") {
                guard let data = skip(to: "]]>") else { return nil }
                element.text += String(decoding: data, as: UTF8.self)
            } else {
                guard let child = self.element(depth: depth + 1) else { return nil }
                element.children.append(child)
            }
        }
        return nil
    }

    private mutating func startTag() -> (name: String, isEmpty: Bool)? {
        guard let first = bytes.first, first != UInt8(ascii: "!"), first != UInt8(ascii: "?") else { return nil }
        var quote: UInt8?
        let end = bytes.firstIndex { byte in
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
            return quote == nil && byte == UInt8(ascii: ">")
        }
        guard let end else { return nil }
        var tag = bytes[..<end]
        bytes = bytes[(end + 1)...]
        let isEmpty = tag.last == UInt8(ascii: "/")
        if isEmpty { tag = tag.dropLast() }
        let name = Self.localName(tag.prefix { !Self.isSpace($0) })
        return name.isEmpty ? nil : (name, isEmpty)
    }

    @discardableResult
    private mutating func skip(past text: String) -> Bool {
        guard bytes.starts(with: text.utf8) else { return false }
        bytes = bytes.dropFirst(text.utf8.count)
        return true
    }

    /// What stands before the text, which is skipped as well.
    private mutating func skip(to text: String) -> ArraySlice<UInt8>? {
        guard let found = bytes.firstRange(of: Array(text.utf8)) else { return nil }
        defer { bytes = bytes[found.upperBound...] }
        return bytes[..<found.lowerBound]
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }

    private static func localName(_ name: ArraySlice<UInt8>) -> String {
        String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? [], as: UTF8.self)
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> String? {
        guard text.contains(UInt8(ascii: "&")) else { return String(decoding: text, as: UTF8.self) }
        let parts = String(decoding: text, as: UTF8.self).split(separator: "&", omittingEmptySubsequences: false)
        var decoded = String(parts[0])
        for part in parts.dropFirst() {
            guard let end = part.firstIndex(of: ";"), let character = character(part[..<end]) else { return nil }
            decoded += String(character) + part[part.index(after: end)...]
        }
        return decoded
    }

    private static func character(_ entity: Substring) -> Character? {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard entity.first == "#" else { return nil }
            let digits = entity.dropFirst()
            let number = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return number.flatMap(Unicode.Scalar.init).map(Character.init)
        }
    }
}
