import Testing

@testable import API

@Suite struct ByteRangeTests {
    @Test(
        arguments: [
            (nil, .whole), ("bytes=0-0", .part(0..<1)), ("bytes=0-9", .part(0..<10)), ("bytes=5-", .part(5..<10)),
            ("bytes=5-500", .part(5..<10)), ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)),
            ("BYTES = 2-3", .part(2..<4)), ("bytes=10-", .unsatisfiable), ("bytes=10-12", .unsatisfiable),
            ("bytes=-0", .unsatisfiable), ("bytes=5-4", .whole), ("bytes=0-1,4-5", .whole), ("bytes=-", .whole),
            ("items=0-1", .whole), ("bytes=a-b", .whole), ("bytes=0-1x", .whole), ("", .whole),
            ("bytes=99999999999999999999-", .whole),
        ] as [(String?, ByteRange)]
    )
    func rangesAreReadAsTheRFCSays(header: String?, range: ByteRange) {
        #expect(ByteRange(header: header, sizeBytes: 10) == range)
    }

    @Test func anEmptyObjectHasNoRange() {
        #expect(ByteRange(header: "bytes=0-", sizeBytes: 0) == .unsatisfiable)
        #expect(ByteRange(header: "bytes=-5", sizeBytes: 0) == .unsatisfiable)
    }
}
