import Domain
import Testing

@testable import API

@Suite struct LanguageTests {
    @Test(
        arguments: [
            (nil, .english), ("", .english), ("zh", .chinese), ("zh-CN,zh;q=0.9,en;q=0.8", .chinese),
            ("en-US,en;q=0.9,zh;q=0.8", .english), ("fr, zh;q=0.5, en;q=0.4", .chinese), ("ZH-Hant-TW", .chinese),
            ("fr", .english), ("*", .english), ("zh;q=0", .english), ("zh;q=0.5,en;q=0.5", .chinese), (";;,", .english),
            ("en;q=0.1, zh;q=nonsense", .chinese),
        ] as [(String?, Language)]
    )
    func theBestWishCounts(header: String?, language: Language) {
        #expect(Language(acceptLanguage: header) == language)
    }
}
