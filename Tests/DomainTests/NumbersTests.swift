import Domain
import Testing

@Suite struct NumbersTests {
    @Test(
        arguments: [
            (0, 0), (2.9, 2), (-2.9, -2), (1e300, .max), (-1e300, .min), (.infinity, .max), (-.infinity, .min),
            (.nan, 0),
            (9_223_372_036_854_775_807, .max), (-9_223_372_036_854_775_808, .min),
        ] as [(Double, Int)]
    )
    func conversionsEndAtTheLimits(value: Double, number: Int) { #expect(Int(saturating: value) == number) }

    @Test func narrowTypesHaveTheirOwnLimits() {
        #expect([300, -1, 255.9, .nan].map { UInt8(saturating: $0) } == [255, 0, 255, 0])
    }

    @Test func sumsEndAtTheLimits() {
        #expect(Int64.max.addingClamped(1) == .max && Int64.min.addingClamped(-1) == .min)
        #expect(Int64(2).addingClamped(-3) == -1)
    }
}
