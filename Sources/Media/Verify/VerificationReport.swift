public import Domain

/// Everything that a look into a package found.
public struct VerificationReport: Codable, Sendable, Equatable {
    /// One rule that one file breaks.
    public struct Finding: Codable, Sendable, Equatable {
        public var rule: VerificationRule
        /// The path below the package's folder.
        public var file: String
        /// A sentence for people, which names the file.
        public var message: String

        public init(rule: VerificationRule, file: String, message: String) {
            self.rule = rule
            self.file = file
            self.message = message
        }
    }

    /// What must not be published.
    public var errors: [Finding]
    /// What could be better.
    public var notes: [Finding]
    /// What is in the package; `nil` when there are errors.
    public var package: MediaPackage?
}

/// Collects findings while a package is looked at.
struct Findings {
    private(set) var all: [VerificationReport.Finding] = []

    var errors: [VerificationReport.Finding] { all.filter { !$0.rule.isRecommendation } }
    var notes: [VerificationReport.Finding] { all.filter(\.rule.isRecommendation) }

    /// `complaint` is the rest of a sentence that begins with the file's path.
    mutating func add(_ rule: VerificationRule, _ file: String, _ complaint: String) {
        all.append(.init(rule: rule, file: file, message: "\(file) \(complaint)."))
    }

    mutating func add(_ finding: VerificationReport.Finding) { all.append(finding) }

    mutating func require(
        _ condition: Bool,
        _ rule: VerificationRule,
        _ file: String,
        _ complaint: @autoclosure () -> String
    ) {
        if !condition { add(rule, file, complaint()) }
    }

    /// Says the first few errors in one error.
    func throwErrors() throws(MediaError) {
        guard !errors.isEmpty else { return }
        let named = errors.prefix(3).map { "\($0.message) (\($0.rule.rawValue))" }.joined(separator: " ")
        let others = errors.count > 3 ? " And \(errors.count - 3) more." : ""
        throw MediaError(.verificationFailed, "The package is not right: \(named)\(others)")
    }
}

extension Double {
    /// With at most three decimals, for messages.
    var short: String { "\((self * 1000).rounded() / 1000)" }
}
