import Moderation
import Testing

/// The mask of a text by a list.
func mask(_ text: String, _ words: String...) throws -> String {
    try WordFilter(WordList(parsing: words.joined(separator: "\n"))).mask(text)
}

@Suite struct WordFilterTests {
    @Test(arguments: [
        ("ass", "***"), ("ASS!", "***!"), ("你ass吗", "你***吗"), ("ass's", "***'s"), ("_ass_", "_***_"),
        ("(ass)", "(***)"), ("a.s.s", "*****"), ("a s s", "*****"), ("a - s - s", "*********"), ("a🔥s🔥s", "*****"),
        ("ass。ass", "***。***"), ("assass ass", "assass ***"), ("ass\nass", "***\n***"),
    ])
    func aLatinWordIsFoundWhereItStandsAlone(text: String, masked: String) throws {
        #expect(try mask(text, "ass") == masked)
    }

    @Test(arguments: [
        "class", "assistant", "Scunthorpe", "pass it", "ass1", "1ass", "assé", "éass", "as salad", "as s", "glass",
        "a\ns\ns", "c\u{200B}lass", "ﬆass", "assﬁ", "a,s,s", "he'll", "the pen is here",
    ])
    func aPartOfALongerWordIsNotFound(text: String) throws {
        #expect(try mask(text, "ass", "cunt", "hell", "penis") == text)
    }

    @Test(arguments: [
        ("我爱赌博呀", "我爱**呀"), ("赌 博", "***"), ("赌\u{3000}·博", "****"), ("x赌博x", "x**x"),
        ("赌，博", "赌，博"), ("赌\n博", "赌\n博"), ("赌大博", "赌大博"), ("赌赌博博", "赌**博"), ("加VX吧", "***吧"),
        ("加vxyz", "加vxyz"), ("加 v x", "*****"), ("abc赌博123", "abc**123"),
    ])
    func aChineseWordIsFoundAnywhere(text: String, masked: String) throws {
        #expect(try mask(text, "赌博", "加vx") == masked)
    }

    @Test func wordsWithinWordsAreFoundFromTheFirstLetterToTheLast() throws {
        #expect(try mask("在线赌博网站", "赌博", "线赌", "赌博网站", "网") == "在*****")
        #expect(try mask("abcd bc", "abcd", "bc") == "**** **")
        #expect(try mask("一二三四五", "一二三四六", "二三", "三四五") == "一****")
        #expect(try mask("甲乙丙", "甲乙", "乙丙") == "***")
        #expect(try mask("甲乙丙丁", "甲乙", "丙丁") == "****")
    }

    @Test func matchesAreInOrderAndApart() throws {
        let filter = try WordFilter(WordList(parsing: "甲乙\n乙丙\n戊\n己\nass"))
        let text = "x甲乙丙丁戊己 ass."
        let parts = filter.matches(in: text).map { String(text[$0]) }
        #expect(parts == ["甲乙丙", "戊", "己", "ass"])
        #expect(filter.contains(text))
        #expect(!filter.contains("x"))
        #expect(filter.matches(in: "").isEmpty)
    }

    @Test func aPhraseIsFoundWithAndWithoutItsSpace() throws {
        #expect(
            try mask("Nude  chat, nudechat, nude-chat, nude\u{A0}chat!", "nude chat")
                == "**********, ********, *********, *********!"
        )
        #expect(try mask("nu dechat", "nude chat") == "nu dechat")
        #expect(try mask("nu dechat, nude chat", "nude chat", "nu dechat") == "*********, *********")
    }

    @Test func aWordMayHavePunctuation() throws {
        #expect(try mask("你好，世界。你好世界", "你好，世界") == "*****。你好世界")
    }

    @Test func aMaskHasAStarForEachCharacterAndKeepsTheOtherBytes() throws {
        // Decomposed, a family of seven scalars, a flag, CR LF: none of it may be recomposed or cut.
        let before = "cafe\u{301} 👨‍👩‍👧‍👦🇨🇳\r\n"
        let after = "\u{301}e\u{301}\u{0}\u{FEFF}"
        let masked = try mask(before + "a\u{301}\u{200D}ss 赌" + after, "ass", "赌")
        #expect(Array(masked.utf8) == Array((before + "*** *" + String(after.dropFirst())).utf8))
    }

    @Test func aLigatureIsMaskedWhole() throws {
        #expect(try mask("ﬁn ﬁ", "if", "fin", "fi") == "** *")
        #expect(try mask("㍿", "株式") == "*")
    }

    @Test func anEmptyListFindsNothing() throws {
        #expect(try mask("anything 任何", "# no words") == "anything 任何")
    }
}
