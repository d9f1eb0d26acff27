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
    /// Whether a person could see that it is there: not empty, not only spaces.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }

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
