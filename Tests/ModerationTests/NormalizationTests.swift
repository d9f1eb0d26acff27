import Foundation
import Testing

@testable import Moderation

@Suite struct NormalizationTests {
    /// What a text is compared as.
    private func letters(_ text: String) -> String {
        String(String.UnicodeScalarView(Reading(text).letters.compactMap { Unicode.Scalar($0.scalar) }))
    }

    @Test(arguments: [
        ("AbC", "abc"), ("ΣΑΣς", "σασσ"), ("ÀÉÎ", "aei"), ("ЁЖ", "еж"), ("ſK", "sk"), ("İI", "ii"), ("ẞß", "ßß"),
        ("Ǆ", "dz"), ("ＡＢ１２", "ab12"), ("ｶﾞ", "カ"), ("①Ⓐ𝔞", "1aa"), ("ﬁ㎏", "fikg"), ("㈱", "(株)"), ("Ⅳ", "iv"),
        ("e\u{301}\u{20DD}", "e"), ("a\u{200B}\u{AD}\u{FE0F}\u{2060}\u{202E}\u{0}b", "ab"), ("شَ", "ش"), ("कि", "कि"),
        ("賭博發財", "赌博发财"), ("\u{F900}", "岂"), ("⼈", "人"), ("한국", "한국"), ("𠮷", "𠮷"),
    ])
    func whatReadsAlikeIsEqual(text: String, compared: String) {
        #expect(letters(text) == compared)
    }

    @Test(arguments: [
        " ", "\t", "\u{3000}", ".", "．", "…", "_", "-", "—", "·", "•", "・", "*", "|", "/", "\\", "~", "～", "#", "&",
        "@",
        "+", "=", "$", "^", "★", "🔥", "👍🏽", "🇨🇳", "´",
    ])
    func whatPeoplePutBetweenLettersIsPassedOver(separator: String) {
        #expect(letters("a\(separator)b") == "ab")
        #expect(Reading("a\(separator)b").letters.last?.gap != Reading.Gap.none)
    }

    @Test(arguments: [",", "，", "。", "!", "？", "；", "：", "'", "’", "“", "(", "》", "\n", "\r", "\u{2028}"])
    func whatEndsAClauseIsALetterOfItsOwn(end: String) {
        #expect(Reading("a\(end)b").letters.count == 3)
    }

    /// What a scalar is compared as is compared as itself, or a list would find other words than it has.
    @Test func normalizingTwiceChangesNothing() {
        for value in UInt32(0)..<0x3_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = letters(String(scalar))
            guard once != letters(once) else { continue }
            Issue.record("U+\(String(value, radix: 16)) is compared as “\(once)”, that as “\(letters(once))”")
        }
    }

    @Test func eachTraditionalCharacterIsListedOnceAndEndsAtASimplifiedOne() {
        let pairs = TraditionalChinese.pairs.split(whereSeparator: \.isWhitespace)
        #expect(pairs.allSatisfy { $0.unicodeScalars.count == 2 })
        #expect(Set(pairs.compactMap(\.unicodeScalars.first)).count == pairs.count)
        let table = TraditionalChinese.simplified
        #expect(table.allSatisfy { $0.key != $0.value && table[$0.value] == nil })
    }
}
