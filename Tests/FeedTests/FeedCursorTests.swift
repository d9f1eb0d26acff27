import Feed
import Testing

@Suite struct FeedCursorTests {
    @Test(
        arguments: [
            (nil, Int64.max), (0, .max), (-5, .max), (1_700_000_000_000, 1_700_000_000_000), (.max, .max),
            // Seconds mean the whole of that second.
            (1_700_000_000, 1_700_000_001_000), (1, 2000), (99_999_999_999, 100_000_000_000_000),
            (100_000_000_000, 100_000_000_000),
        ] as [(Int64?, Int64)]
    )
    func timesAreReadByTheirMagnitude(latestTime: Int64?, milliseconds: Int64) {
        #expect(FeedCursor(latestTime: latestTime).milliseconds == milliseconds)
    }
}
