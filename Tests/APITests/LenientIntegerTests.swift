import Testing

@testable import API

@Suite struct LenientIntegerTests {
    @Test(
        arguments: [
            ("0", 0), ("12", 12), ("-12", -12), ("+12", 12), ("007", 7), ("12.0", 12), ("12.", 12), ("1.2e1", 12),
            ("1.234567e+06", 1_234_567), ("1.234567e 06", 1_234_567), ("1.6e+12", 1_600_000_000_000), ("120e-1", 12),
            (".5e1", 5), ("0e99", 0), ("0.000", 0), ("-0", 0), ("1E3", 1000), ("9223372036854775807", .max),
            ("9007199254740993.0", 9_007_199_254_740_993), ("9223372036854775808", .max), ("1e30", .max),
            ("-1e30", .min), ("1e18", 1_000_000_000_000_000_000), ("1e9223372036854775807", .max),
            ("-1e9223372036854775807", .min), ("1e99999999999999999999", .max), ("0e99999999999999999999", 0),
            ("10.0e9223372036854775807", .max),
        ] as [(String, Int64)]
    )
    func integralSpellingsAreAccepted(text: String, number: Int64) {
        #expect(LenientInteger.parse(text) == number)
    }

    @Test(arguments: [
        "", " ", ".", "e5", "1.5", "1e-1", "12.34e1", "abc", "12abc", "0x10", "1,000", "1_000", "NaN", "Infinity",
        "--1",
        "1e", "1e+", "１２", String(repeating: "1", count: 65), "1e-9223372036854775808", "1.5e-9223372036854775808",
        "1.5e-99999999999999999999",
    ])
    func theRestIsNot(text: String) {
        #expect(LenientInteger.parse(text) == nil)
    }
}
