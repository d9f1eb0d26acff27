/// The rule for what people write: how long it may be, and that it is text.
///
/// Lengths count characters as a reader does, without spaces around.
struct ShortText {
    /// What it is called in a refusal.
    let name: Phrase
    let length: ClosedRange<Int>

    /// One character can be made of any number of code points; this bounds what is stored.
    private static let maxBytesPerCharacter = 20

    func check(_ text: String) throws(InputRefusal) -> String {
        let trimmed = text.trimmed
        guard length.contains(trimmed.count), trimmed.utf8.count <= length.upperBound * Self.maxBytesPerCharacter else {
            throw refuse(
                "must have \(length.lowerBound) to \(length.upperBound) characters; this one has \(trimmed.count).",
                "须为 \(length.lowerBound) 到 \(length.upperBound) 个字符，现有 \(trimmed.count) 个。"
            )
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
