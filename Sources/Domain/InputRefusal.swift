/// Why something that a person typed was not accepted.
public struct InputRefusal: Error, Sendable, Equatable {
    /// One sentence that names the rule.
    public let message: Phrase

    public init(_ english: String, chinese: String) { message = Phrase(english, chinese: chinese) }
}

extension InputRefusal: CustomStringConvertible {
    public var description: String { message.english }
}

extension String {
    /// Whether nobody could see that it is there: empty, or only what is white or invisible.
    var isBlank: Bool {
        unicodeScalars.allSatisfy { scalar in
            let properties = scalar.properties
            return properties.isWhitespace || properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}"
        }
    }

    /// Whether characters are in it that nobody sees, apart from those that put emoji together or join letters.
    var hasInvisibleCharacters: Bool { contains { $0.hasInvisibleScalars } || unicodeScalars.contains("\u{2800}") }

    /// Control characters, and those that turn the direction of the text around them.
    var hasControlCharacters: Bool {
        unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate: true
            default: scalar.properties.isBidiControl
            }
        }
    }

    /// Without spaces around.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { String(start[...$0]) } ?? ""
    }
}

extension Character {
    fileprivate var hasInvisibleScalars: Bool {
        let scalars = unicodeScalars
        guard let first = scalars.first else { return false }
        return scalars.contains { scalar in
            guard scalar.properties.isDefaultIgnorableCodePoint else { return false }
            return scalar == first || !(first.properties.isEmoji || (scalar.isJoiner && first.isJoined))
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isJoiner: Bool { value == 0x200C || value == 0x200D }

    /// A letter of a script whose spelling needs joiners: Arabic to Sinhala, Mongolian.
    fileprivate var isJoined: Bool { (0x0600..<0x0E00).contains(value) || (0x1800..<0x18B0).contains(value) }
}
