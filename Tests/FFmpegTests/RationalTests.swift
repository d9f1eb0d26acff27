import FFmpeg
import Testing

@Suite struct RationalTests {
    @Test func unknownIsZero() {
        #expect(Rational(0, 0).doubleValue == 0)
        #expect(Rational(1, 0).doubleValue == 0)
    }

    @Test func secondsBecomeUnits() {
        #expect(Rational(1, 600).units(seconds: 1.5) == 900)
        #expect(Rational(1001, 30_000).units(seconds: 2.002) == 60)
    }

    @Test(arguments: [1e30, .infinity, -1e30, -.infinity])
    func whatNoRecordingLastsDoesNotOverflow(seconds: Double) {
        let units = Rational(1, 90_000).units(seconds: seconds)
        #expect(units == (seconds > 0 ? 1 << 61 : -(1 << 61)))
        #expect(Rational(0, 1).units(seconds: 0) == 0)
    }
}
