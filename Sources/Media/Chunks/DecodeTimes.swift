/// When pictures are decoded, as one encoder that saw all of them would say.
///
/// Encoders that start anew with every chunk give times of their own around the
/// joins: equal ones, or ones that lie after the picture is shown.
struct DecodeTimes {
    private let shown: [Int64]
    private let delay: Int

    /// `shown` is when the pictures of the whole video are shown, growing; `reorderDelay` the largest of all chunks.
    init(shown: [Int64], reorderDelay: Int) {
        self.shown = shown
        delay = min(reorderDelay, max(0, shown.count - 1))
    }

    /// The time of the picture that is decoded as number `index`, counted from 0.
    ///
    /// Every picture is decoded when the one that is shown `delay` pictures before it is shown; the first ones come
    /// before 0.
    subscript(index: Int) -> Int64 {
        index < delay ? shown[index] - (shown[delay] - shown[0]) : shown[index - delay]
    }

    /// How many pictures an encoder took before the first came out, from what it said in the order of decoding.
    static func reorderDelay(shown: [Int64], decoded: [Int64]) -> Int {
        let sorted = shown.sorted()
        let rank = Dictionary(zip(sorted, sorted.indices)) { first, _ in first }
        let needed = shown.enumerated().map { $0.offset - (rank[$0.element] ?? 0) }.max() ?? 0
        let stated = decoded.prefix { time in sorted.first.map { time < $0 } ?? false }.count
        return max(needed, stated)
    }
}
