/// Every mistake of one pipeline definition.
public struct PipelineDefinitionError: Error, Sendable, Equatable {
    /// One mistake.
    public struct Problem: Sendable, Equatable {
        /// Counted from 1; `nil` when the mistake is not at one place.
        public var line: Int?
        /// The field with the mappings that it is in, for example `video.rungs[1].crf`; empty for the whole file.
        public var field: String
        /// What is wrong with the field and what was expected.
        public var message: String

        public init(_ message: String, line: Int? = nil, field: String = "") {
            self.message = message
            self.line = line
            self.field = field
        }
    }

    public var path: String
    public var problems: [Problem]

    public init(path: String, problems: [Problem]) {
        self.path = path
        self.problems = problems
    }
}

extension PipelineDefinitionError: CustomStringConvertible {
    /// One line per mistake, in the form that editors and compilers use.
    public var description: String {
        problems.map { problem in
            let place = problem.line.map { "\(path):\($0)" } ?? path
            return place + ": " + (problem.field.isEmpty ? "" : "\(problem.field): ") + problem.message
        }
        .joined(separator: "\n")
    }
}
