/// Whole numbers as clients of many languages write them: `12`, `12.0`, `1.2e1`, `1.234567e+06`.
enum LenientInteger {
    private static let maxLength = 64
    private static let maxExponent = 1000

    /// The number; `nil` when the text is none or has a fraction.
    ///
    /// One beyond 64 bits becomes the nearest that fits: no id, and a time in the far future or past.
    static func parse(_ text: String) -> Int64? {
        if let plain = Int64(text) { return plain }
        // A plus that was not escaped in a query arrives as a space.
        let text = text.replacing("e ", with: "e+").replacing("E ", with: "E+")
        guard text.utf8.count <= maxLength,
            let match = text.wholeMatch(of: /([+\- ]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+\-]?[0-9]+))?/),
            !match.2.isEmpty || !(match.3 ?? "").isEmpty
        else { return nil }
        let fraction = match.3 ?? ""
        let isNegative = match.1 == "-"
        let digits = (match.2 + fraction).drop { $0 == "0" }
        guard !digits.isEmpty else { return 0 }
        return scale(String(digits), by: exponent(match.4 ?? "0") - fraction.count, isNegative: isNegative)
    }

    /// The exponent, from -`maxExponent` to `maxExponent`: beyond them no number of `maxLength` digits fits.
    private static func exponent(_ text: Substring) -> Int {
        let value = Int(text) ?? (text.hasPrefix("-") ? .min : .max)
        return max(-maxExponent, min(maxExponent, value))
    }

    /// Digits, the first of them not 0, times a power of ten.
    private static func scale(_ digits: String, by exponent: Int, isNegative: Bool) -> Int64? {
        let sign = isNegative ? "-" : ""
        let limit = isNegative ? Int64.min : .max
        guard exponent < 0 else {
            guard digits.count + exponent <= 19 else { return limit }
            return Int64(sign + digits + String(repeating: "0", count: exponent)) ?? limit
        }
        guard -exponent < digits.count, digits.suffix(-exponent).allSatisfy({ $0 == "0" }) else { return nil }
        return Int64(sign + digits.dropLast(-exponent)) ?? limit
    }
}
