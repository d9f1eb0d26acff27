import Foundation
import Testing

/// What a reader is promised about the shape of the code.
@Suite struct ShapeTests {
    @Test func noFunctionIsLongerThanSeventyLines() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Checkout.root.appending(path: "Sources").path)
        var count = 0
        for target in folders {
            for file in try Checkout.files(of: target) {
                count += Self.functions(in: file.source).count
                for function in Self.functions(in: file.source) {
                    #expect(
                        function.lines <= 70,
                        "\(target)/\(file.name): \(function.name) has \(function.lines) lines"
                    )
                }
            }
        }
        #expect(count > 1000, "only \(count) functions were found: the pattern no longer fits")
    }

    @Test func longFunctionIsFound() {
        let body = String(repeating: "        work()\n", count: 71)
        let source = "struct A {\n    private static func long() async throws {\n\(body)    }\n}\n"
        #expect(Self.functions(in: source).map(\.lines) == [72])
    }

    /// A function ends at the first line with its own indentation and a closing brace; what a protocol asks for has no body.
    private static func functions(in source: String) -> [(name: String, lines: Int)] {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { start in
            guard
                let match = lines[start].firstMatch(
                    of: /^( *)(?:@\w+ )*(?:[a-z]+(?:\([a-z]+\))? )*(func [\w<]+|init[(<?])/
                ),
                !lines[start].hasSuffix("}"),
                lines[start...].first(where: { $0.isEmpty || $0.hasSuffix("{") })?.isEmpty == false,
                let end = lines[start...].dropFirst().firstIndex(where: {
                    $0 == "\(match.1)}" || $0.hasPrefix("\(match.1)} ")
                })
            else { return nil }
            return (String(match.2), end - start)
        }
    }
}
