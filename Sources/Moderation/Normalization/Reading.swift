/// The letters of a text as they are compared, and where in the text they are.
struct Reading {
    /// What stands between a letter and the one before it.
    enum Gap: UInt8 {
        case none
        case separator
        case space
    }

    struct Letter {
        let scalar: UInt32
        let isAlphabetic: Bool
        let gap: Gap
        /// UTF-8 offsets of its scalar; several letters can be of one.
        let start: Int
        let end: Int
    }

    private(set) var letters: [Letter] = []
    /// What follows the last letter.
    private(set) var gapAtEnd = Gap.none

    init(_ text: String) {
        let normalization = Normalization.shared
        letters.reserveCapacity(text.utf8.count)
        var end = 0
        for scalar in text.unicodeScalars {
            let start = end
            end += UTF8.width(scalar)
            let form = normalization[scalar.value]
            if form.kind == .several {
                for part in normalization.expansions[Int(form.payload)] { append(part, scalar, start, end) }
            } else {
                append(form, scalar, start, end)
            }
        }
    }

    private mutating func append(_ form: NormalForm, _ original: Unicode.Scalar, _ start: Int, _ end: Int) {
        switch form.kind {
        case .nothing, .several: break
        case .separator: if gapAtEnd == .none { gapAtEnd = .separator }
        case .space: gapAtEnd = .space
        case .same, .other:
            let scalar = form.kind == .same ? original.value : form.payload
            letters.append(
                Letter(scalar: scalar, isAlphabetic: form.isAlphabetic, gap: gapAtEnd, start: start, end: end)
            )
            gapAtEnd = .none
        }
    }
}
