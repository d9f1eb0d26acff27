import Moderation

/// A word list and texts of Chinese and English that are the same in every run.
struct Corpus {
    private var random: SplitMix
    private var chinese: [[Character]] = []
    private var english: [[Character]] = []

    init(seed: UInt64) { random = SplitMix(state: seed) }

    /// Six in ten Chinese, of 2 to 6 characters; the others of 4 to 12 letters.
    mutating func words(_ count: Int) -> [String] {
        var unique = Set<[Character]>()
        while chinese.count < count * 6 / 10 {
            let word = (0..<Int.random(in: 2...6, using: &random)).map { _ in chineseCharacter() }
            if unique.insert(word).inserted { chinese.append(word) }
        }
        while english.count < count - chinese.count {
            let word = Array(englishWord().prefix(12))
            if word.count >= 4, unique.insert(word).inserted { english.append(word) }
        }
        return (chinese + english).map { String($0) }
    }

    /// Chinese and English in turn, with punctuation, without a word of the list.
    mutating func cleanTexts(_ count: Int, length: Int, by filter: WordFilter) -> [String] {
        texts(count, length, by: filter) { corpus in
            Bool.random(using: &corpus.random)
                ? (0..<Int.random(in: 4...12, using: &corpus.random)).map { _ in corpus.chineseCharacter() } + ["，"]
                : [" "] + corpus.englishWord() + [" "]
        }
    }

    /// Words without their last character, or inside longer ones, as “ass” is in “class”.
    mutating func nearMisses(_ count: Int, length: Int, by filter: WordFilter) -> [String] {
        texts(count, length, by: filter) { corpus in
            if Bool.random(using: &corpus.random) {
                return corpus.element(of: corpus.chinese).dropLast() + [corpus.chineseCharacter()]
            }
            return [" ", "x"] + corpus.element(of: corpus.english) + ["x", " "]
        }
    }

    /// Clean but for a word in every hundred characters.
    mutating func hits(_ count: Int, length: Int) -> [String] {
        (0..<count).map { _ in
            var text: [Character] = []
            while text.count < length {
                text += [" "] + (Bool.random(using: &random) ? element(of: chinese) : element(of: english)) + [" "]
                while text.count % 100 != 0 { text.append(chineseCharacter()) }
            }
            return String(text.prefix(length))
        }
    }

    /// Adds what `next` makes as long as no word comes about, and fills up with commas.
    private mutating func texts(
        _ count: Int,
        _ length: Int,
        by filter: WordFilter,
        _ next: (inout Corpus) -> [Character]
    ) -> [String] {
        (0..<count).map { _ in
            var text: [Character] = []
            while true {
                let longer = text + next(&self)
                guard longer.count <= length else { break }
                // The end is enough: no word is longer.
                if !filter.contains(String(longer.suffix(80))) { text = longer }
            }
            return String(text + repeatElement("，", count: length - text.count))
        }
    }

    private mutating func element(of words: [[Character]]) -> [Character] {
        words.randomElement(using: &random) ?? []
    }

    /// One of 3000, the first ones far more often, as in a language.
    private mutating func chineseCharacter() -> Character {
        let rank = Int.random(in: 0..<3000, using: &random) * Int.random(in: 0..<3000, using: &random) / 3000
        return Character(Unicode.Scalar(UInt16(0x4E00 + rank * 7 % 20_000)) ?? "的")
    }

    private mutating func englishWord() -> [Character] {
        let onsets = [
            "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "w", "st", "tr", "ch", "sh", "pl",
        ]
        let rimes = ["a", "e", "i", "o", "u", "an", "en", "ing", "er", "ou", "ea", "ar", "est", "ion", "at", "ess"]
        return (0..<Int.random(in: 1...4, using: &random)).flatMap { _ in
            (onsets.randomElement(using: &random) ?? "") + (rimes.randomElement(using: &random) ?? "")
        }
    }
}

/// Steele, Lea and Flood's generator: small, and the same everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
