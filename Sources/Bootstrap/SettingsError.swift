/// Every mistake in the configuration, found before anything starts.
public struct SettingsError: Error, Sendable, Equatable {
    /// One sentence a mistake; each names its key and what was expected.
    public let mistakes: [String]
    public init(mistakes: [String]) { self.mistakes = mistakes }
}

extension SettingsError: CustomStringConvertible {
    public var description: String { mistakes.joined(separator: "\n") }
}
