/// The word filter as its description has it, with every word tried at every letter.
///
/// It knows a few scalars only.
struct ReferenceFilter {
    private enum Reading: Equatable {
        case letter(Character, isAlphabetic: Bool)
        case separator, space, nothing
    }

    private static let readings: [Unicode.Scalar: Reading] = [
        "a": .letter("a", isAlphabetic: true), "A": .letter("a", isAlphabetic: true),
        "Ａ": .letter("a", isAlphabetic: true), "á": .letter("a", isAlphabetic: true),
        "b": .letter("b", isAlphabetic: true), "ｂ": .letter("b", isAlphabetic: true),
        "1": .letter("1", isAlphabetic: true), "①": .letter("1", isAlphabetic: true),
        "赌": .letter("赌", isAlphabetic: false), "賭": .letter("赌", isAlphabetic: false),
        "博": .letter("博", isAlphabetic: false), ",": .letter(",", isAlphabetic: false),
        "，": .letter(",", isAlphabetic: false), "\n": .letter("\n", isAlphabetic: false),
        " ": .space, "\u{3000}": .space, ".": .separator, "🔥": .separator, "…": .separator,
        "\u{200B}": .nothing, "\u{200D}": .nothing, "\u{301}": .nothing,
    ]

    /// All that a text can be made of.
    static let scalars: [Unicode.Scalar] = readings.keys.sorted()

    private struct Letter {
        var letter: Character
        var isAlphabetic: Bool
        /// The readings between the letter before and this one.
        var gap: [Reading]
        /// The character of the text that it is in.
        var character: Int
    }

    let words: [String]

    func mask(_ text: String) -> String {
        let letters = Self.letters(of: text)
        var characters = Array(text)
        for word in words {
            let word = Self.letters(of: word)
            for start in letters.indices where start + word.count <= letters.count {
                let range = start..<start + word.count
                guard zip(letters[range], word).allSatisfy({ $0.letter == $1.letter }),
                    Self.isWhole(range, of: letters), Self.isWritten(letters[range], as: word)
                else { continue }
                for index in letters[start].character...letters[range.upperBound - 1].character {
                    characters[index] = "*"
                }
            }
        }
        return String(characters)
    }

    private static func letters(of text: String) -> [Letter] {
        var letters: [Letter] = []
        var gap: [Reading] = []
        for (index, character) in text.enumerated() {
            for scalar in character.unicodeScalars {
                if case .letter(let letter, let isAlphabetic)? = readings[scalar] {
                    letters.append(Letter(letter: letter, isAlphabetic: isAlphabetic, gap: gap, character: index))
                    gap = []
                } else if let reading = readings[scalar], reading != .nothing {
                    gap.append(reading)
                }
            }
        }
        return letters
    }

    private static func isWhole(_ range: Range<Int>, of letters: [Letter]) -> Bool {
        for edge in [range.lowerBound, range.upperBound] where edge > 0 && edge < letters.count {
            if letters[edge - 1].isAlphabetic, letters[edge].isAlphabetic, letters[edge].gap.isEmpty { return false }
        }
        return true
    }

    /// The gaps between alphabetic letters: no space but the word's own, or no two letters together.
    private static func isWritten(_ letters: ArraySlice<Letter>, as word: [Letter]) -> Bool {
        let pairs = zip(zip(letters, letters.dropFirst()), word.dropFirst())
            .filter { $0.0.0.isAlphabetic && $0.0.1.isAlphabetic }
        let isSpelledOut = pairs.allSatisfy { !$0.0.1.gap.isEmpty }
        return isSpelledOut || pairs.allSatisfy { !$0.0.1.gap.contains(.space) || $0.1.gap.contains(.space) }
    }
}
