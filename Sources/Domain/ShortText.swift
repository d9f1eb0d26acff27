/// The rule for what people write: how long it may be, and that it is text.
///
/// Lengths count characters as a reader does, without spaces around.
struct ShortText {
    /// What it is called in a refusal.
    let name: Phrase
    let length: ClosedRange<Int>

    /// The most bytes of one character, which can be made of any number of code points: emoji need up to 35.
    static let maxBytesOfCharacter = 40
    /// The most bytes of the whole, for each character that it may have.
    private static let maxBytesPerCharacter = 8

    func check(_ text: String) throws(InputRefusal) -> String {
        let trimmed = text.trimmed
        guard length.contains(trimmed.count) else {
            throw refuse(
                "must have \(length.lowerBound) to \(length.upperBound) characters; this one has \(trimmed.count).",
                "须为 \(length.lowerBound) 到 \(length.upperBound) 个字符，现有 \(trimmed.count) 个。"
            )
        }
        guard trimmed.allSatisfy({ $0.utf8.count <= Self.maxBytesOfCharacter }) else {
            throw refuse("has a character with too many marks on it.", "中有字符叠加了过多的附加符号。")
        }
        guard trimmed.utf8.count <= length.upperBound * Self.maxBytesPerCharacter else {
            throw refuse("has too many characters that are put together of several.", "含有过多的组合字符。")
        }
        guard !trimmed.unicodeScalars.contains("\0") else {
            throw refuse("must not contain a NUL character.", "不能含有 NUL 字符。")
        }
        return trimmed
    }

    private func refuse(_ english: String, _ chinese: String) -> InputRefusal {
        InputRefusal("The \(name.english) \(english)", chinese: name.chinese + chinese)
    }
}
