import Testing

@testable import Media

@Suite struct TimeLeftTests {
    @Test func steadyWorkIsForeseen() throws {
        var timeLeft = TimeLeft()
        for second in 1...5 {
            let left = timeLeft.estimate(fraction: Double(second) / 10, seconds: Double(second))
            #expect(abs(try #require(left) - Double(10 - second)) < 1e-9)
        }
    }

    @Test func nothingIsSaidAtTheStart() {
        var timeLeft = TimeLeft()
        #expect(timeLeft.estimate(fraction: 0.01, seconds: 0.1) == nil)
        #expect(timeLeft.estimate(fraction: 0, seconds: 3) == nil)
    }

    @Test func changeOfSpeedCountsBitByBit() throws {
        var timeLeft = TimeLeft()
        _ = timeLeft.estimate(fraction: 0.1, seconds: 1)
        // Ten times slower from here on.
        var lefts: [Double] = []
        for second in 2...20 {
            let fraction = 0.1 + Double(second - 1) / 100
            let left = timeLeft.estimate(fraction: fraction, seconds: Double(second))
            lefts.append(try #require(left))
        }
        #expect(lefts[0] < 15)
        #expect(lefts.last.map { $0 > 25 } == true)
        #expect(zip(lefts, lefts.dropFirst()).allSatisfy { $1 < $0 * 1.2 })
    }
}
