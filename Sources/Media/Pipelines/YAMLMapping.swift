import Yams

/// A mapping of a YAML file that is read strictly: mistakes are collected with their lines, unknown keys included.
final class YAMLMapping {
    /// The mistakes of the whole file, shared by all its mappings.
    private final class Problems {
        var all: [PipelineDefinitionError.Problem] = []
        /// Every mapping of the file that somebody asked for.
        var mappings: [YAMLMapping] = []
    }

    private let path: String
    private let field: String
    private let line: Int?
    /// Whether there is a mapping at all; if not, that was reported once, and its keys need not be.
    private let isPresent: Bool
    private let nodes: [String: Node]
    private let keyLines: [(key: String, line: Int?)]
    private let problems: Problems
    private var read: Set<String> = []

    /// The mapping that is the whole file.
    convenience init(yaml: String, path: String) throws {
        let problems = Problems()
        do {
            let node = try Yams.compose(yaml: yaml)
            self.init(node, field: "", line: node?.mark?.line, path: path, problems)
        } catch let error as YamlError {
            throw PipelineDefinitionError(path: path, problems: [Self.problem(error)])
        }
    }

    private init(_ node: Node?, field: String, line: Int?, path: String, _ problems: Problems) {
        self.path = path
        self.field = field
        self.line = line
        self.problems = problems
        let mapping = node?.mapping
        isPresent = mapping != nil
        let pairs = mapping.map(Array.init) ?? []
        keyLines = pairs.map { ($0.key.string ?? "", $0.key.mark?.line) }
        nodes = Dictionary(pairs.map { ($0.key.string ?? "", $0.value) }) { first, _ in first }
        if let node, mapping == nil {
            problems.all.append(.init("expected a mapping of keys to values", line: node.mark?.line, field: field))
        } else if node == nil, field.isEmpty {
            problems.all.append(.init("the file is empty"))
        }
        problems.mappings.append(self)
    }

    /// Records a mistake in the value of `key`; nothing more is said about a mapping that is missing as a whole.
    func report(_ key: String, _ message: String) {
        guard isPresent else { return }
        problems.all.append(.init(message, line: nodes[key]?.mark?.line ?? line, field: name(key)))
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int {
        let expected = "expected a whole number from \(range.lowerBound) to \(range.upperBound)"
        return value(key, expected, else: range.lowerBound) { $0.wholeNumber.flatMap { range.contains($0) ? $0 : nil } }
    }

    func number(_ key: String, in range: ClosedRange<Double>) -> Double {
        let expected = "expected a number from \(range.lowerBound) to \(range.upperBound)"
        return value(key, expected, else: range.lowerBound) { node in
            (node.float ?? node.wholeNumber.map(Double.init)).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func word<Word: RawRepresentable & CaseIterable>(_ key: String, as type: Word.Type) -> Word
    where Word.RawValue == String {
        let words = type.allCases.map(\.rawValue)
        let text: String = value(key, "expected one of " + words.joined(separator: ", "), else: words[0]) { node in
            node.string.flatMap { words.contains($0) ? $0 : nil }
        }
        return type.allCases.first { $0.rawValue == text } ?? type.allCases[type.allCases.startIndex]
    }

    func flag(_ key: String) -> Bool { value(key, "expected true or false", else: false) { $0.bool } }

    /// The mapping of a key that may be left out.
    func optionalMapping(_ key: String) -> YAMLMapping? {
        read.insert(key)
        return nodes[key] == nil ? nil : mapping(key)
    }

    func mapping(_ key: String) -> YAMLMapping {
        read.insert(key)
        if nodes[key] == nil { report(key, "is missing") }
        return YAMLMapping(nodes[key], field: name(key), line: nodes[key]?.mark?.line ?? line, path: path, problems)
    }

    func mappings(_ key: String, count: ClosedRange<Int>) -> [YAMLMapping] {
        let expected = "expected a list of \(count.lowerBound) to \(count.upperBound) mappings"
        let items: [Node] = value(key, expected, else: []) { node in
            node.sequence.map(Array.init).flatMap { count.contains($0.count) ? $0 : nil }
        }
        return items.enumerated().map { index, item in
            YAMLMapping(item, field: "\(name(key))[\(index)]", line: item.mark?.line, path: path, problems)
        }
    }

    /// Records a mistake for every key that nobody asked for: a misspelling would otherwise pass for a default.
    private func refuseUnknownKeys() {
        for (key, line) in keyLines where !read.contains(key) {
            let known = read.sorted().joined(separator: ", ")
            problems.all.append(.init("is not a known key; the keys here are \(known)", line: line, field: name(key)))
        }
    }

    /// Throws if anything was wrong anywhere in the file, first line first; to be called once, when all is read.
    func throwProblems() throws {
        for mapping in problems.mappings { mapping.refuseUnknownKeys() }
        // They refer to each other, and would never be freed.
        problems.mappings = []
        guard !problems.all.isEmpty else { return }
        let sorted = problems.all.enumerated().sorted { first, second in
            (first.element.line ?? 0, first.offset) < (second.element.line ?? 0, second.offset)
        }
        throw PipelineDefinitionError(path: path, problems: sorted.map(\.element))
    }

    private func value<Value>(
        _ key: String,
        _ expected: String,
        else fallback: Value,
        _ convert: (Node) -> Value?
    ) -> Value {
        read.insert(key)
        guard let node = nodes[key] else {
            if isPresent { report(key, "is missing; \(expected)") }
            return fallback
        }
        guard let value = convert(node) else {
            report(key, expected + (node.string.map { ", not '\($0)'" } ?? ""))
            return fallback
        }
        return value
    }

    private func name(_ key: String) -> String { field.isEmpty ? key : "\(field).\(key)" }

    private static func problem(_ error: YamlError) -> PipelineDefinitionError.Problem {
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            .init("is not YAML: \(text)", line: mark.line)
        case .duplicatedKeysInMapping(let duplicates, _):
            .init("the same key twice: " + duplicates.map(\.description).sorted().joined(separator: ", "))
        default:
            .init("is not YAML: \(error)")
        }
    }
}

extension Node {
    /// Not in sixties, as in `1:30`: Yams multiplies those without a look at overflows.
    fileprivate var wholeNumber: Int? { string?.contains(":") == true ? nil : int }
}
