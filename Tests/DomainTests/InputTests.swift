import Domain
import Testing

@Suite struct InputTests {
    @Test(arguments: ["a", "电影", "Ada Lovelace", String(repeating: "👩‍👩‍👧‍👦", count: 32), String(repeating: "é", count: 32)])
    func usernamesWithinTheLimitsAreAccepted(text: String) throws {
        #expect(try Username(text).rawValue == text)
    }

    @Test(arguments: [
        "", " ", "a\nb", "a\0b", "a\u{202E}b", "a\u{7}", String(repeating: "a", count: 33),
        "a" + String(repeating: "\u{301}", count: 200), "\u{200B}", "\u{3164}", "\u{2800}", "\u{3000}", "a\u{200B}b",
        "a\u{FE0F}b", "a\u{AD}b", "ad\u{200D}a", "\u{FEFF}ada",
    ])
    func otherUsernamesAreNot(text: String) {
        #expect(throws: InputRefusal.self) { try Username(text) }
    }

    @Test(arguments: [("Ada", "ADA"), ("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("Éa", "éA")])
    func namesThatDifferInCaseFoldToOne(one: String, other: String) throws {
        #expect(try Username(one).caseFolded == Username(other).caseFolded)
    }

    @Test(arguments: ["12345", String(repeating: "电", count: 32)]) func passwordsWithinTheLimits(text: String) throws {
        #expect(try Password(text).rawValue == text)
    }

    @Test(arguments: ["", "1234", String(repeating: "1", count: 33)]) func otherPasswordsAreNot(text: String) {
        #expect(throws: InputRefusal.self) { try Password(text) }
    }

    @Test func aPasswordDoesNotDescribeItself() throws {
        let password = try Password("hunter22")
        var dumped = ""
        dump([password], to: &dumped)
        for text in ["\(password)", String(reflecting: password), dumped] { #expect(!text.contains("hunter22")) }
    }

    @Test func titlesLoseTheSpaceAroundThem() throws {
        #expect(try VideoTitle("  First light\n").rawValue == "First light")
        #expect(try VideoTitle(String(repeating: "电", count: 200)).rawValue.count == 200)
    }

    /// 40 bytes a character, and 8 for each that the text may have.
    @Test func textsHaveASize() throws {
        let character = "a" + String(repeating: "\u{301}", count: 19)
        #expect(try CommentText(character).rawValue.utf8.count == 39)
        #expect(throws: InputRefusal.self) { try CommentText(character + "\u{301}") }
        #expect(try CommentText(String(repeating: "😀", count: 500)).rawValue.count == 500)
        #expect(throws: InputRefusal.self) { try CommentText(String(repeating: character, count: 500)) }
        #expect(throws: InputRefusal.self) { try MessageText(String(repeating: character, count: 1000)) }
        #expect(throws: InputRefusal.self) { try Signature(String(repeating: character, count: 100)) }
    }

    @Test(arguments: ["علی\u{200C}رضا", "❤️", "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}"])
    func whatJoinsLettersOrEmojiIsPartOfAName(text: String) throws { #expect(try Username(text).rawValue == text) }

    @Test(arguments: [
        "", " \n", "a\0b", String(repeating: "a", count: 201), "a" + String(repeating: "\u{301}", count: 20),
    ]) func otherTitlesAreNot(text: String) {
        #expect(throws: InputRefusal.self) { try VideoTitle(text) }
    }
}
