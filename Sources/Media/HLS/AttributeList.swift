import Foundation

/// The attributes of a tag (RFC 8216, section 4.2), each read as what it must be.
struct AttributeList {
    private let values: [String: Substring]
    private let line: Int

    /// `line` is the tag's, for errors.
    init(_ text: String?, line: Int) throws(PlaylistError) {
        var values: [String: Substring] = [:]
        var rest = Substring(text ?? "")
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([A-Z0-9-]+)=("[^"]*"|[^",\s]+)/) else {
                throw PlaylistError(line: line, "has an attribute that is not NAME=value: \(rest)")
            }
            let name = String(match.1)
            guard values.updateValue(match.2, forKey: name) == nil else {
                throw PlaylistError(line: line, "has \(name) twice")
            }
            rest = rest[match.range.upperBound...]
            guard rest.isEmpty || rest.first == "," && rest.count > 1 else {
                throw PlaylistError(line: line, "has \(rest.prefix(8)) after \(name)")
            }
            rest = rest.dropFirst()
        }
        self.values = values
        self.line = line
    }

    /// A decimal integer.
    func integer(_ name: String) throws(PlaylistError) -> Int {
        guard let value = Int(try required(name, /[0-9]{1,15}/)) else { throw wrong(name) }
        return value
    }

    func decimal(_ name: String) throws(PlaylistError) -> Double {
        guard let value = Double(try required(name, /[0-9]{1,9}(\.[0-9]+)?/)) else { throw wrong(name) }
        return value
    }

    func string(_ name: String) throws(PlaylistError) -> String {
        String(try required(name, /"[^"]+"/).dropFirst().dropLast())
    }

    func resolution(_ name: String) throws(PlaylistError) -> (width: Int, height: Int) {
        let parts = try required(name, /[0-9]{1,6}x[0-9]{1,6}/).split(separator: "x").compactMap { Int($0) }
        return (parts[0], parts[1])
    }

    /// One of a few words; `nil` when the attribute is absent.
    func word(_ name: String) throws(PlaylistError) -> String? {
        values[name] == nil ? nil : String(try required(name, /[A-Z0-9-]+/))
    }

    private func required<Output>(_ name: String, _ pattern: Regex<Output>) throws(PlaylistError) -> Substring {
        guard let value = values[name] else { throw PlaylistError(line: line, "has no \(name)") }
        guard (try? pattern.wholeMatch(in: value)) != nil else { throw wrong(name) }
        return value
    }

    private func wrong(_ name: String) -> PlaylistError {
        PlaylistError(line: line, "has a \(name) of \(values[name] ?? "")")
    }
}
