import Foundation

/// The header `Upload-Metadata`: names, each with a value in base64, and commas between the pairs.
struct TusMetadata {
    private static let maxBytes = 16 * 1024

    /// As it was sent; `nil` when it was not.
    let header: String?
    private var values: [String: String] = [:]

    init(_ header: String?) throws(APIError) {
        self.header = header
        guard let header, !header.isEmpty else { return }
        guard header.utf8.count <= Self.maxBytes else { throw Self.malformed("it is too long") }
        for pair in header.split(separator: ",", omittingEmptySubsequences: false) {
            let words = pair.split(separator: " ", omittingEmptySubsequences: true)
            guard (1...2).contains(words.count) else { throw Self.malformed("a pair is not a name and a value") }
            let name = String(words[0])
            let value = words.count == 2 ? String(words[1]) : ""
            guard let data = Data(base64Encoded: value), let text = String(data: data, encoding: .utf8) else {
                throw Self.malformed("the value of \(name.prefix(64)) is not UTF-8 in base64")
            }
            guard values.updateValue(text, forKey: name) == nil else {
                throw Self.malformed("\(name.prefix(64)) is there twice")
            }
        }
    }

    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    private static func malformed(_ reason: String) -> APIError {
        APIError(
            .invalidParameter,
            "Upload-Metadata cannot be read: \(reason).",
            chinese: "无法解析 Upload-Metadata：\(reason)。"
        )
    }
}
