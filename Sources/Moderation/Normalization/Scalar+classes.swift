extension Unicode.Scalar {
    /// Invisible, or a mark that is put upon other letters.
    var isUncompared: Bool {
        switch properties.generalCategory {
        case .control: !isLineEnd && self != "\t"
        case .format, .enclosingMark: true
        case .nonspacingMark where properties.canonicalCombiningClass != .notReordered: true
        // Other nonspacing marks are vowel signs of Indian scripts, and variation selectors.
        default: properties.isDefaultIgnorableCodePoint
        }
    }

    var isSpace: Bool { self == "\t" || properties.generalCategory == .spaceSeparator }

    private var isLineEnd: Bool { (0x0A...0x0D).contains(value) || value == 0x85 }

    /// What people put between the letters of a word to hide it, emoji included.
    ///
    /// Not what ends a clause or stands inside a word as it is spelt: “he'll” is no “hell”.
    var isSeparator: Bool {
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
            .unassigned:
            true
        case .otherPunctuation: ".*·•/\\#&@%‧・∙⋅†‡※".unicodeScalars.contains(self)
        default: false
        }
    }

    /// The lower case of the upper case, which makes σ and ς equal; ß, whose upper case is two letters, stays.
    var caseFolded: Unicode.Scalar {
        let upper = properties.uppercaseMapping.unicodeScalars
        let lower = (upper.count == 1 ? upper.first ?? self : self).properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first ?? self : self
    }

    /// A letter or digit of a script that puts spaces between words.
    var isAlphabetic: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .spacingMark, .nonspacingMark:
            !Self.unspacedScripts.contains { $0.contains(value) }
        default: false
        }
    }

    /// Thai to Myanmar, Hangul jamo, Khmer, Chinese and Japanese with Yi and Hangul, and what stands beside them.
    private static let unspacedScripts: [Range<UInt32>] = [
        0x0E00..<0x10A0, 0x1100..<0x1200, 0x1780..<0x1800, 0x1950..<0x1A20, 0x2E80..<0xA4D0, 0xA960..<0xA980,
        0xA9E0..<0xAA80, 0xAC00..<0xD800, 0xF900..<0xFB00, 0xFF66..<0xFFE0, 0x1_6FE0..<0x1_B300, 0x2_0000..<0x4_0000,
    ]
}
