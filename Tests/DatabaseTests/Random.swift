import Synchronization

/// SplitMix64: the same numbers for the same seed.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &self)] }
}

/// Chance that several may ask, and that can be repeated.
final class Dice: Sendable {
    private let random: Mutex<Random>

    init(seed: UInt64) { random = Mutex(Random(seed: seed)) }

    func restart(seed: UInt64) { random.withLock { $0 = Random(seed: seed) } }

    func roll(_ range: ClosedRange<Int64>) -> Int64 { random.withLock { Int64.random(in: range, using: &$0) } }
}
