import Testing

@testable import Media

@Suite struct FrameClockTests {
    func times(_ timestamps: [Int64?], origin: Int64 = 0) -> [Int64?] {
        var clock = FrameClock(origin: origin, usualDuration: 40)
        return timestamps.map { clock.time(of: $0) }
    }

    @Test func timesAreKeptFromTheOrigin() {
        #expect(times([100, 140, 1000], origin: 100) == [0, 40, 900])
    }

    @Test func firstFrameIsShownFromTheStart() {
        #expect(times([250, 290]) == [0, 290])
        #expect(times([-80, -40, 10]) == [0, nil, 10])
    }

    @Test func laterFirstFrameKeepsItsTime() {
        var clock = FrameClock(origin: 100, usualDuration: 40, start: .laterPicture)
        #expect([nil, 1100, 1140, nil].map { clock.time(of: $0) } == [nil, 1000, 1040, 1080])
    }

    @Test func lateAndRepeatedFramesAreDropped() {
        #expect(times([0, 40, 40, 20, 80]) == [0, 40, nil, nil, 80])
    }

    @Test func missingTimesAreFilledIn() {
        #expect(times([nil, nil, nil]) == [0, 40, 80])
    }

    @Test func segmentsStartAtTheFirstFrameOfEachMultiple() {
        var grid = SegmentGrid(seconds: 2)
        let starts = [0, 1.96, 1.9999999, 2.04, 3.9, 9.5, 9.9, 10].map { grid.starts(at: $0) }
        #expect(starts == [true, false, true, false, false, true, false, true])
    }
}
