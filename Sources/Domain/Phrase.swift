/// A sentence for people, in the languages that answers are given in.
public struct Phrase: Sendable, Equatable {
    public let english: String
    public let chinese: String

    public init(_ english: String, chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    public func callAsFunction(in language: Language) -> String {
        switch language {
        case .english: english
        case .chinese: chinese
        }
    }
}

extension Phrase: CustomStringConvertible {
    public var description: String { english }
}
