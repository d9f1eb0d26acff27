import Foundation
import Testing

/// Every transaction stands in the table of `sql/README.md`, with the reason why it may hold what it locks for so long.
@Suite struct TransactionTableTests {
    @Test func everyTransactionIsInTheTable() throws {
        let called = try Self.callers()
        #expect(called.count >= 20, "the pattern finds too little")
        #expect(called.sorted() == (try Self.rows()).sorted())
    }

    /// `Target/File.swift function` of each call, as often as it calls.
    private static func callers() throws -> [String] {
        let targets = try FileManager.default.contentsOfDirectory(atPath: Checkout.root.appending(path: "Sources").path)
        return try targets.flatMap { target in
            try Checkout.files(of: target).flatMap { file in
                file.source.matches(of: /await [\w.]*withTransaction\b/).map { call in
                    let before = file.source[..<call.range.lowerBound]
                    let function = before.matches(of: /func (\w+)/).last?.1 ?? "?"
                    return "\(target)/\(file.name) \(function)"
                }
            }
        }
    }

    private static func rows() throws -> [String] {
        let text = try String(contentsOf: Checkout.root.appending(path: "sql/README.md"), encoding: .utf8)
        return text.matches(of: /(?m)^\| `(\w[^`]*\.swift)` `(\w+)` \|/).map { "\($0.1) \($0.2)" }
    }
}
