import Foundation
import Synchronization

/// SplitMix64: the same numbers for the same seed.
public struct Random: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    public mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &self)] }

    /// A seed for a test, which is printed: another each time, or that of `CLIPYARD_TEST_SEED`.
    public static func seed(_ test: String = #function) -> UInt64 {
        let given = ProcessInfo.processInfo.environment["CLIPYARD_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0 ... .max)
        print("\(test): CLIPYARD_TEST_SEED=\(seed)")
        return seed
    }
}

/// Chance that several may ask, and that can be repeated.
public final class Dice: Sendable {
    private let random: Mutex<Random>

    public init(seed: UInt64) { random = Mutex(Random(seed: seed)) }

    public func restart(seed: UInt64) { random.withLock { $0 = Random(seed: seed) } }

    public func roll<Number: FixedWidthInteger & Sendable>(_ range: ClosedRange<Number>) -> Number {
        random.withLock { Number.random(in: range, using: &$0) }
    }
}
