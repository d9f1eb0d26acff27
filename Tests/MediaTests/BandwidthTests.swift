import Testing

@testable import Media

@Suite struct BandwidthTests {
    @Test func averageIsBitsOverSeconds() {
        let samples = [
            Bandwidth.Sample(sizeBytes: 1000, durationSeconds: 2), .init(sizeBytes: 500, durationSeconds: 1),
        ]
        #expect(Bandwidth.average(samples) == 4000)
        #expect(Bandwidth.average([]) == 0)
    }

    @Test func peakIsTheWorstWindowNearTheTarget() {
        let samples = [
            Bandwidth.Sample(sizeBytes: 1000, durationSeconds: 2),
            .init(sizeBytes: 2000, durationSeconds: 2),
            // Too short to count alone; with the one before it, less than that one.
            .init(sizeBytes: 400, durationSeconds: 0.1),
        ]
        #expect(Bandwidth.peak(samples, targetDuration: 2) == 9143)
    }

    @Test func shortVideoHasAPeakToo() {
        #expect(Bandwidth.peak([.init(sizeBytes: 100, durationSeconds: 0.4)], targetDuration: 2) == 2000)
    }
}
