import Moderation
import Testing

@Suite struct WordFilterTests {
    /// The mask of a text by a list.
    private func mask(_ text: String, _ words: String...) throws -> String {
        try WordFilter(WordList(parsing: words.joined(separator: "\n"))).mask(text)
    }

    @Test(arguments: [
        ("ass", "***"), ("ASS!", "***!"), ("a.s.s", "*****"), ("ＡＳＳ", "***"), ("a\u{200B}s\u{200B}s", "*****"),
        ("a\u{200D}s\u{200D}s", "***"), ("a s s", "*****"), ("a - s - s", "*********"), ("ⓐⓢⓢ", "***"),
        ("áşs̃", "***"), ("a\u{301}s\u{327}s", "***"), ("你ass吗", "你***吗"), ("ass's", "***'s"), ("_ass_", "_***_"),
        ("𝐚𝐬𝐬", "***"), ("a🔥s🔥s", "*****"), ("ａ·ｓ·ｓ", "*****"), ("ass\u{200B}", "***\u{200B}"),
    ])
    func aWordIsFoundHoweverItIsWritten(text: String, masked: String) throws {
        #expect(try mask(text, "ass") == masked)
    }

    @Test(arguments: [
        "class", "assistant", "Scunthorpe", "pass it", "ass1", "1ass", "assé", "as salad", "as s", "glass", "a\ns\ns",
        "c\u{200B}lass", "ﬆass", "assﬁ",
    ])
    func aPartOfALongerWordIsNotFound(text: String) throws {
        #expect(try mask(text, "ass", "cunt") == text)
    }
}
