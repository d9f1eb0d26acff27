/// The lines of a playlist that mean something (RFC 8216, section 4.1): tags and URIs.
struct PlaylistLines {
    /// One line.
    struct Line: Equatable {
        /// Counted from 1.
        var number: Int
        var content: Content
    }

    /// What a line is.
    enum Content: Equatable {
        /// `value` is what follows the colon.
        case tag(name: String, value: String?)
        case uri(String)
    }

    let lines: [Line]

    /// Leaves out comments and blank lines; refuses what no playlist may hold.
    init(_ text: String) throws(PlaylistError) {
        var lines: [Line] = []
        // "\r\n" is one Character.
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let number = index + 1
            if number == 1, line != "#EXTM3U" { throw PlaylistError(line: 1, "is not #EXTM3U") }
            guard line.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }) else {
                throw PlaylistError(line: number, "has a control character")
            }
            if let content = try Self.content(line, number), number > 1 {
                lines.append(Line(number: number, content: content))
            }
        }
        self.lines = lines
    }

    private static func content(_ line: Substring, _ number: Int) throws(PlaylistError) -> Content? {
        if line.isEmpty { return nil }
        if line.hasPrefix("#EXT") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return .tag(name: String(parts[0].dropFirst()), value: parts.count > 1 ? String(parts[1]) : nil)
        }
        if line.hasPrefix("#") { return nil }
        if line.contains(where: \.isWhitespace) { throw PlaylistError(line: number, "is a URI with white space") }
        return .uri(String(line))
    }
}
