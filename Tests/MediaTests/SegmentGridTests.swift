import Testing

@testable import Media

@Suite struct SegmentGridTests {
    @Test func segmentsStartAtTheFirstPictureAtOrAfterEveryMultiple() {
        var grid = SegmentGrid(seconds: 2)
        let times = [0, 1.9, 2.1, 3.9, 3.9999999, 6.5, 7.9]
        #expect(times.filter { grid.starts(at: $0) } == [0, 2.1, 3.9999999, 6.5])
    }

    @Test(arguments: [
        ([0, 1, 2, 3, 4, 5.0], [0, 2, 4.0]),
        ([0, 3, 6, 9.0], [0, 3, 6, 9.0]),
        ([0, 1.5, 3, 4.5, 6.0], [0, 3, 4.5, 6.0]),
        ([0, 0.4, 8.0], [0, 8.0]),
    ])
    func keyframesOfTheSourceDecideWhereItIsCopied(keyframes: [Double], starts: [Double]) {
        #expect(SegmentGrid.starts(keyframes: keyframes, seconds: 2) == starts)
    }

    @Test func picturesOfAnotherTimeBaseMeetTheKeyframes() {
        var grid = SegmentGrid(seconds: 2, keyframes: [0.066, 2.502])
        // The first picture is moved to 0, and the keyframe was rounded.
        let times = [0, 2.1, 2.5015, 2.535]
        #expect(times.filter { grid.starts(at: $0) } == [0, 2.5015])
    }
}
