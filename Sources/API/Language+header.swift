import Domain

extension Language {
    /// The best of our languages for a client's `Accept-Language` (RFC 9110, 12.5.4); English where none is wished for.
    init(acceptLanguage header: String?) {
        self = .english
        guard let header else { return }
        var best = 0.0
        for item in header.split(separator: ",") {
            let parts = item.split(separator: ";").map(\.trimmingSpace)
            guard let tag = parts.first?.lowercased(), let language = Self.find(tag) else { continue }
            let quality =
                parts.dropFirst().lazy.compactMap { $0.hasPrefix("q=") ? Double($0.dropFirst(2)) : nil }.first ?? 1
            // Of equal wishes the first counts.
            if quality > best { (self, best) = (language, quality) }
        }
    }

    private static func find(_ tag: String) -> Language? {
        switch tag.prefix(while: { $0 != "-" }) {
        case "zh": .chinese
        case "en", "*": .english
        default: nil
        }
    }
}
