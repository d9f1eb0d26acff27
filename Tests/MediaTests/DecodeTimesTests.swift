import Testing

@testable import Media

@Suite struct DecodeTimesTests {
    @Test func picturesAreDecodedByTheDelayEarlier() {
        let times = DecodeTimes(shown: [0, 40, 80, 500, 540], reorderDelay: 2)
        // The first two come before 0, by as much as the third is shown after the first.
        #expect((0..<5).map { times[$0] } == [-80, -40, 0, 40, 80])
    }

    @Test func onePictureNeedsNoDelay() {
        #expect(DecodeTimes(shown: [0], reorderDelay: 2)[0] == 0)
    }

    @Test func delayIsWhatTheEncoderSaysOrTheOrderNeeds() {
        // I P B B: the last B comes out two places after it could have been shown, and one is enough for the order.
        let decoded: [Int64] = [-80, -40, 0, 40]
        #expect(DecodeTimes.reorderDelay(shown: [0, 120, 40, 80], decoded: decoded) == 2)
        #expect(DecodeTimes.reorderDelay(shown: [0, 120, 40, 80], decoded: [0, 40, 80, 120]) == 1)
        #expect(DecodeTimes.reorderDelay(shown: [0, 40, 80], decoded: [0, 40, 80]) == 0)
        #expect(DecodeTimes.reorderDelay(shown: [], decoded: []) == 0)
    }
}
