/// Finds one pattern in bytes, by Boyer, Moore and Horspool: it looks at one byte in as many as the pattern has.
struct DelimiterSearch {
    let pattern: [UInt8]
    /// How far the window may move, by the byte under its end.
    private let shifts: [Int]

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var shifts = [Int](repeating: pattern.count, count: 256)
        for (index, byte) in pattern.dropLast().enumerated() { shifts[Int(byte)] = pattern.count - 1 - index }
        self.shifts = shifts
    }

    /// Where the pattern first begins.
    func firstMatch(in bytes: Span<UInt8>) -> Int? {
        let last = pattern.count - 1
        var end = last
        while end < bytes.count {
            let byte = bytes[end]
            if byte == pattern[last], matches(bytes, at: end - last) { return end - last }
            end += shifts[Int(byte)]
        }
        return nil
    }

    /// Where a beginning of the pattern stands at the end of the bytes, to be continued by what comes next.
    func partialMatch(in bytes: Span<UInt8>) -> Int? {
        var start = max(0, bytes.count - pattern.count + 1)
        while start < bytes.count {
            if bytes[start] == pattern[0], matches(bytes, at: start) { return start }
            start += 1
        }
        return nil
    }

    /// Compares as much of the pattern as there are bytes.
    private func matches(_ bytes: Span<UInt8>, at start: Int) -> Bool {
        let count = min(pattern.count, bytes.count - start)
        var index = 0
        while index < count {
            if bytes[start + index] != pattern[index] { return false }
            index += 1
        }
        return true
    }
}
