/// A header's value with parameters, for example `form-data; name="data"; filename="a.mp4"` (RFC 9110, 5.6.6).
struct HeaderParameters: Equatable {
    /// What stands before the first semicolon, in lower case.
    let value: String
    private let parameters: [String: String]

    init(_ header: some StringProtocol) throws(MultipartError) {
        var scanner = Scanner(text: Substring(header))
        value = scanner.readToken(until: ";").lowercased()
        parameters = try scanner.readParameters()
    }

    /// The parameter's value, from its extended form (RFC 8187, `name*=UTF-8''…`) if there is one.
    subscript(name: String) -> String? { parameters["\(name)*"].flatMap(Self.decodeExtended) ?? parameters[name] }

    private static func decodeExtended(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        return String(validating: PercentCoding.decode(parts[2].utf8), as: UTF8.self)
    }

    private struct Scanner {
        var text: Substring

        mutating func skipSpace() { text = text.drop { $0 == " " || $0 == "\t" } }

        mutating func readToken(until stop: Character) -> String {
            let token = text.prefix { $0 != stop && $0 != ";" }
            text = text[token.endIndex...]
            return token.trimmingSpace
        }

        mutating func readParameters() throws(MultipartError) -> [String: String] {
            var parameters: [String: String] = [:]
            while !text.isEmpty {
                text = text.dropFirst()
                skipSpace()
                let name = readToken(until: "=").lowercased()
                guard text.first == "=" else {
                    // A semicolon at the end is sloppy, and common.
                    if name.isEmpty { continue }
                    throw MultipartError("the parameter \(name) of a header has no value")
                }
                text = text.dropFirst()
                skipSpace()
                let value = text.first == "\"" ? try readQuoted() : readToken(until: ";")
                guard parameters.updateValue(value, forKey: name) == nil else {
                    throw MultipartError("a header has the parameter \(name) twice")
                }
                skipSpace()
            }
            return parameters
        }

        /// A quoted string; a backslash takes the character after it as it is.
        mutating func readQuoted() throws(MultipartError) -> String {
            var value = ""
            text = text.dropFirst()
            while let character = text.popFirst() {
                if character == "\"" { return value }
                if character != "\\" {
                    value.append(character)
                } else if let escaped = text.popFirst() {
                    value.append(escaped)
                }
            }
            throw MultipartError("a quoted parameter of a header does not end")
        }
    }
}

extension StringProtocol {
    /// Without spaces and tabs around.
    var trimmingSpace: String {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(start[...end])
    }
}
