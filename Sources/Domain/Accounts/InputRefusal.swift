/// Why something that a person typed was not accepted.
public struct InputRefusal: Error, Sendable, Equatable {
    /// One sentence that names the rule.
    public let message: String

    public init(_ message: String) { self.message = message }
}

extension InputRefusal: CustomStringConvertible {
    public var description: String { message }
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
}
