import FFmpeg
import Testing

@Suite struct RationalTests {
    @Test(arguments: [(1001, Rational(1, 30_000), 3003), (-1, Rational(1, 1000), -90)] as [(Int64, Rational, Int64)])
    func timesChangeTheirUnit(time: Int64, from: Rational, expected: Int64) {
        #expect(from.rescale(time, to: Rational(1, 90_000)) == expected)
    }

    @Test func unknownIsZero() {
        #expect(Rational(0, 0).doubleValue == 0)
        #expect(Rational(1, 0).doubleValue == 0)
    }

    @Test func secondsBecomeUnits() {
        #expect(Rational(1, 600).units(seconds: 1.5) == 900)
        #expect(Rational(1001, 30_000).units(seconds: 2.002) == 60)
    }
}
