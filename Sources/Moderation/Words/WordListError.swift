/// Every mistake of one word list.
public struct WordListError: Error, Sendable, Equatable {
    public struct Problem: Sendable, Equatable {
        /// Counted from 1; `nil` when it is about the whole file.
        public let line: Int?
        /// What is wrong and what to do.
        public let message: String
    }

    /// `nil` for a list that is not from a file.
    public var path: String?
    public let problems: [Problem]

    /// A thousand wrong lines are rather a wrong file.
    static let mostProblemsShown = 20
}

extension WordListError: CustomStringConvertible {
    /// One line a problem, in the form that editors and compilers use.
    public var description: String {
        let shown = problems.prefix(Self.mostProblemsShown).map { problem in
            let place = [path ?? "word list", problem.line.map(String.init)].compactMap(\.self)
            return "\(place.joined(separator: ":")): \(problem.message)"
        }
        let rest = problems.count - shown.count
        return (shown + (rest > 0 ? ["and \(rest) more lines"] : [])).joined(separator: "\n")
    }
}
