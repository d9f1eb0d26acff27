/// Header fields in the order they came or go; names are found in any case.
public struct CurlHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    public private(set) var fields: [(name: String, value: String)]

    public init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first field of that name; setting replaces all of them.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.lowercased() == name.lowercased() }?.value }
        set {
            fields.removeAll { $0.name.lowercased() == name.lowercased() }
            if let newValue { fields.append((name: name, value: newValue)) }
        }
    }

    /// Reads a line `name: value`; false if it is none.
    mutating func append(line: Substring) -> Bool {
        guard let colon = line.firstIndex(of: ":") else { return false }
        let value = line[line.index(after: colon)...]
        fields.append((name: String(line[..<colon]), value: value.trimmingBlanks()))
        return true
    }

    public static func == (one: Self, other: Self) -> Bool {
        one.fields.elementsEqual(other.fields, by: ==)
    }
}

extension Substring {
    func trimmingLineEnd() -> Substring {
        // A carriage return and a line feed are one character.
        var line = self
        while let last = line.unicodeScalars.last, last == "\r" || last == "\n" { line.unicodeScalars.removeLast() }
        return line
    }

    fileprivate func trimmingBlanks() -> String {
        let isBlank = { (character: Character) in character.isWhitespace }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
