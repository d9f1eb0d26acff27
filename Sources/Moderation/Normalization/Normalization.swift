import Foundation

/// What every scalar is compared as: case, width, marks, invisible characters and traditional Chinese made equal.
struct Normalization: Sendable {
    /// Made once, at the first use: 70,000 scalars are looked at.
    static let shared = Normalization()

    private var forms = ScalarTable<UInt32>()
    private(set) var expansions: [[NormalForm]] = []

    subscript(scalar: UInt32) -> NormalForm { NormalForm(bits: forms[scalar]) }

    /// Where scalars may be something else than themselves.
    ///
    /// The rest, Chinese characters and Hangul syllables above all, are letters that are what they are.
    private static let ranges: [Range<UInt32>] = [
        0..<0x3400, 0xA000..<0xAC00, 0xD7B0..<0xD800, 0xF900..<0x2_0000, 0x2_F800..<0x2_FA20, 0xE_0000..<0xE_1000,
    ]

    private init() {
        for range in Self.ranges {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 256) {
                addForms(of: start..<min(start + 256, range.upperBound))
            }
        }
        for (traditional, simplified) in TraditionalChinese.simplified {
            forms[traditional.value] = NormalForm(.other, payload: simplified.value).bits
        }
    }

    /// Stands between scalars that are decomposed together: a letter of nobody's, which marks do not pass.
    private static let divider: Unicode.Scalar = "\u{E000}"

    /// Decomposes many at once, as a call costs more than a scalar: every start of a program waits for this.
    private mutating func addForms(of values: Range<UInt32>) {
        let scalars = values.compactMap { Unicode.Scalar($0) }
        var joined = String.UnicodeScalarView()
        for scalar in scalars {
            joined.append(scalar)
            joined.append(Self.divider)
        }
        let decomposed = String(joined).decomposedStringWithCompatibilityMapping.unicodeScalars
        for (scalar, parts) in zip(scalars, decomposed.split(separator: Self.divider, omittingEmptySubsequences: false))
        {
            forms[scalar.value] = form(of: scalar, decomposed: parts).bits
        }
    }

    private mutating func form(of scalar: Unicode.Scalar, decomposed: Substring.UnicodeScalarView) -> NormalForm {
        // Most by far.
        if decomposed.first == scalar, decomposed.dropFirst().isEmpty {
            let form = Self.form(ofDecomposed: scalar)
            let isSame = form.kind == .other && form.payload == scalar.value
            return isSame ? NormalForm(.same, isAlphabetic: form.isAlphabetic) : form
        }
        var parts = decomposed.map { Self.form(ofDecomposed: $0) }.filter { $0.kind != .nothing }
        // The three points of “…”, and the spacing accents, which decompose to a space with a mark.
        if Set(parts.map(\.bits)).count == 1, parts[0].kind != .other { parts = [parts[0]] }
        guard let first = parts.first else { return NormalForm(.nothing) }
        guard parts.count == 1 else {
            expansions.append(parts)
            return NormalForm(.several, payload: UInt32(expansions.count - 1))
        }
        let isSame = first.kind == .other && first.payload == scalar.value
        return isSame ? NormalForm(.same, isAlphabetic: first.isAlphabetic) : first
    }

    /// Letters come out as `.other`, themselves or folded.
    private static func form(ofDecomposed scalar: Unicode.Scalar) -> NormalForm {
        if scalar.isUncompared { return NormalForm(.nothing) }
        if scalar.isSpace { return NormalForm(.space) }
        if scalar.isSeparator { return NormalForm(.separator) }
        let folded = TraditionalChinese.simplified[scalar] ?? scalar.caseFolded
        return NormalForm(.other, isAlphabetic: folded.isAlphabetic, payload: folded.value)
    }
}
