import Moderation
import Testing

@Suite struct WordFilterPropertyTests {
    /// Letters few enough for random words to overlap, nest and share beginnings and ends.
    private static let wordScalars: [Unicode.Scalar] = [
        "a", "a", "b", "A", "1", "赌", "赌", "博", ",", " ", ".", "\u{200B}",
    ]

    @Test(arguments: [20_260_101, 7, 4242] as [UInt64])
    func findsWhatTryingEveryWordAtEveryLetterFinds(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var found = 0
        for round in 0..<2000 {
            let words = (0..<Int.random(in: 1...12, using: &random)).map { _ in Self.word(&random) }
            let filter = try WordFilter(WordList(parsing: words.joined(separator: "\n")))
            let reference = ReferenceFilter(words: words)
            for _ in 0..<3 {
                let text = Self.text(ReferenceFilter.scalars, length: Int.random(in: 0...40, using: &random), &random)
                let expected = reference.mask(text)
                let note = "seed \(seed), round \(round), words \(words), text \(text.debugDescription)"
                try #require(Array(filter.mask(text).utf8) == Array(expected.utf8), "\(note)")
                try #require(filter.contains(text) == (expected != text), "\(note)")
                let matches = filter.matches(in: text)
                try #require(zip(matches, matches.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, "\(note)")
                found += matches.count
            }
        }
        // Neither every text nor none: the rounds have tried something.
        #expect((3000...30_000).contains(found), "\(found)")
    }

    /// With a letter at both ends, and no space beside another separator, which a list would not have.
    private static func word(_ random: inout SplitMix) -> String {
        while true {
            let word = text(wordScalars, length: Int.random(in: 1...6, using: &random), &random)
            if (try? WordList(parsing: word))?.count == 1 { return word }
        }
    }

    private static func text(_ scalars: [Unicode.Scalar], length: Int, _ random: inout SplitMix) -> String {
        String(String.UnicodeScalarView((0..<length).compactMap { _ in scalars.randomElement(using: &random) }))
    }
}

/// Steele, Lea and Flood's generator: the seed of a failure brings the same texts again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
