import Synchronization

/// A bucket of tokens for each key: a request takes one, and they come back at an even pace.
///
/// Kept as the generic cell rate algorithm does it (ITU-T I.371): of a bucket
/// only the instant is stored at which it will be full again. A token moves it
/// later; when it would lie further ahead than an empty bucket needs to fill,
/// the request has to wait. Nothing runs in the background, and a bucket that
/// is full again is as good as none.
final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
    /// Keys of one shard wait for each other, those of different ones do not.
    private static var shardCount: Int { 16 }

    private let limit: RateLimit
    private let shards: [Shard]
    /// The instants of buckets are nanoseconds after this one.
    private let origin: ContinuousClock.Instant
    /// Until a token comes back, rounded down to nanoseconds.
    private let tokenNanoseconds: Int64
    /// Until an empty bucket is full: the tokens that it holds, without the rounding of a period's.
    private let fullNanoseconds: Int64

    /// - Parameters:
    ///   - limit: How many tokens a bucket holds, and how fast they come back.
    ///   - maxKeys: How many buckets are kept at most, at about 70 bytes each for an address.
    ///   - origin: Must not lie centuries away from the instants that follow.
    init(_ limit: RateLimit, maxKeys: Int = 100_000, origin: ContinuousClock.Instant = .now) {
        self.limit = limit
        self.origin = origin
        let capacity = Int64(limit.capacity)
        tokenNanoseconds = limit.isOff ? 0 : Self.nanoseconds(limit.period) / capacity
        fullNanoseconds = tokenNanoseconds * capacity
        let maxBuckets = max(1, maxKeys / Self.shardCount)
        shards = (0..<Self.shardCount).map { _ in Shard(maxBuckets: maxBuckets) }
    }

    /// Takes `cost` tokens, from 0 to the capacity.
    ///
    /// - Returns: `nil` if they were there, otherwise how long until they will be; then nothing was taken.
    func take(_ key: Key, at now: ContinuousClock.Instant = .now, cost: Double = 1) -> Duration? {
        guard !limit.isOff else { return nil }
        let (instant, price) = (nanoseconds(at: now), price(cost))
        let shard = shard(of: key)
        return shard.fullAt.withLock { fullAt in
            let charged = max(fullAt[key] ?? instant, instant) + price
            guard charged <= instant + fullNanoseconds else {
                return .nanoseconds(charged - fullNanoseconds - instant)
            }
            fullAt[key] = charged
            if fullAt.count > shard.maxBuckets { shard.forget(in: &fullAt, at: instant) }
            return nil
        }
    }

    /// Puts tokens back that were taken for something that turned out to cost nothing.
    ///
    /// To count failures alone, take first and give back after a success: of
    /// many attempts at the same moment, a look beforehand would let each one pass.
    func giveBack(_ key: Key, at now: ContinuousClock.Instant = .now, cost: Double = 1) {
        guard !limit.isOff else { return }
        let (instant, price) = (nanoseconds(at: now), price(cost))
        shard(of: key).fullAt.withLock { fullAt in
            guard let full = fullAt[key] else { return }
            fullAt[key] = full - price > instant ? full - price : nil
        }
    }

    /// How many buckets are kept, for tests and metrics.
    var count: Int { shards.reduce(0) { sum, shard in sum + shard.fullAt.withLock { $0.count } } }

    private func shard(of key: Key) -> Shard {
        shards[Int(truncatingIfNeeded: UInt(bitPattern: key.hashValue) % UInt(shards.count))]
    }

    private func price(_ cost: Double) -> Int64 { Int64((cost * Double(tokenNanoseconds)).rounded()) }

    private func nanoseconds(at now: ContinuousClock.Instant) -> Int64 { Self.nanoseconds(now - origin) }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

extension TokenBuckets {
    private final class Shard: Sendable {
        let maxBuckets: Int
        /// When each bucket will be full, in nanoseconds.
        let fullAt = Mutex<[Key: Int64]>([:])

        init(maxBuckets: Int) { self.maxBuckets = maxBuckets }

        /// Drops the buckets that are full and, if they were few, those that will be first.
        ///
        /// These were used least or longest ago, so forgetting them forgives
        /// least: whoever comes under many keys cannot push the bucket out
        /// that they emptied. A quarter goes at once, so that the next to come
        /// need not look again.
        func forget(in fullAt: inout [Key: Int64], at instant: Int64) {
            fullAt = fullAt.filter { $0.value > instant }
            let surplus = fullAt.count - maxBuckets * 3 / 4
            guard surplus > 0, fullAt.count > 1 else { return }
            for bucket in fullAt.sorted(by: { $0.value < $1.value }).prefix(surplus) { fullAt[bucket.key] = nil }
        }
    }
}
