import ObjectStorage
import Testing

@Suite struct ObjectKeyTests {
    @Test(arguments: ["a", "videos/12/345/play.mp4", "sources/7/source", "a-b_c+d=e@f~!()", "a..b/c."])
    func ordinaryNamesAreKeys(raw: String) {
        #expect(ObjectKey(rawValue: raw)?.rawValue == raw)
    }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "a/./b", ".staging/x", "a/.hidden",
        "a\0b", "a\nb", "a b", "a\\b", "..\\a", "a%2e%2e", "a?b", "a#b", "\"a\"", "ä", "a\u{7f}",
        String(repeating: "a", count: 256), String(repeating: "a/", count: 512) + "a",
    ])
    func whatCouldLeaveTheRootIsNoKey(raw: String) {
        #expect(ObjectKey(rawValue: raw) == nil)
    }
}
