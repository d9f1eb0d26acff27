import API
import Foundation
import Testing

@Suite struct ErrorTableTests {
    /// Programs rely on the numbers and names, and people look them up in the document.
    @Test func theDocumentHasTheSameTableAsTheCode() throws {
        let document = URL(filePath: #filePath).appending(path: "../../../docs/api.md").standardized
        let text = try String(contentsOf: document, encoding: .utf8)
        let rows = text.matches(of: /(?m)^\| (\d{5}) \| `([a-z_]+)` \| .+ \|$/).map { "\($0.1) \($0.2)" }
        #expect(rows == APIErrorCode.allCases.map { "\($0.rawValue) \($0.name)" }.sorted())
    }

    @Test func everyNumberIsAStatusAndTwoDigits() {
        for code in APIErrorCode.allCases { #expect((400...599).contains(code.rawValue / 100), "\(code)") }
    }
}
