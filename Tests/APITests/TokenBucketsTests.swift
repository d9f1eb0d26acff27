import Testing

@testable import API

@Suite struct TokenBucketsTests {
    private let start = ContinuousClock.now

    private func buckets(_ text: String, maxKeys: Int = 100_000) throws -> TokenBuckets<Int> {
        TokenBuckets(try #require(RateLimit(text)), maxKeys: maxKeys, origin: start)
    }

    @Test(arguments: ["1/1", "3/60", "7/60", "300/60", "1000/1", "999999/1", "1000000/86400"])
    func asManyPassAsTheBucketHolds(text: String) throws {
        let buckets = try buckets(text)
        let limit = try #require(RateLimit(text))
        let passed = (0..<limit.capacity).count { _ in buckets.take(1, at: start) == nil }
        #expect(passed == limit.capacity)
        let wait = try #require(buckets.take(1, at: start))
        #expect(wait > .zero && wait <= limit.period / limit.capacity)
    }

    @Test(arguments: [("10/60", 6000), ("60/60", 1000), ("4/1", 250)])
    func oneMorePassesWhenItsTokenIsThere(text: String, tokenMilliseconds: Int) throws {
        let buckets = try buckets(text)
        let capacity = try #require(RateLimit(text)).capacity
        for _ in 0..<capacity { #expect(buckets.take(1, at: start) == nil) }
        let token = Duration.milliseconds(tokenMilliseconds)
        #expect(buckets.take(1, at: start) == token)
        #expect(buckets.take(1, at: start + token - .nanoseconds(1)) == .nanoseconds(1))
        #expect(buckets.take(1, at: start + token) == nil)
        #expect(buckets.take(1, at: start + token) == token)
    }

    @Test func theWaitThatIsToldIsEnough() throws {
        let buckets = try buckets("7/60")
        var now = start
        for _ in 0..<100 {
            while buckets.take(1, at: now) == nil {}
            let wait = try #require(buckets.take(1, at: now))
            now += wait
            #expect(buckets.take(1, at: now) == nil)
        }
    }

    @Test func aRefusalTakesNothing() throws {
        let buckets = try buckets("2/60")
        for _ in 0..<2 { #expect(buckets.take(1, at: start) == nil) }
        for _ in 0..<1000 { #expect(buckets.take(1, at: start) == .seconds(30)) }
        #expect(buckets.take(1, at: start + .seconds(30)) == nil)
    }

    @Test func aBucketIsNeverFullerThanFull() throws {
        let buckets = try buckets("2/60")
        #expect(buckets.take(1, at: start) == nil)
        let later = start + .seconds(86_400)
        #expect(buckets.take(1, at: later) == nil)
        #expect(buckets.take(1, at: later) == nil)
        #expect(buckets.take(1, at: later) == .seconds(30))
    }

    @Test func costsAddUp() throws {
        let buckets = try buckets("10/10")
        #expect(buckets.take(1, at: start, cost: 7.5) == nil)
        #expect(buckets.take(1, at: start, cost: 5) == .seconds(2.5))
        #expect(buckets.take(1, at: start, cost: 2.5) == nil)
        #expect(buckets.take(1, at: start, cost: 0) == nil)
        #expect(buckets.take(1, at: start, cost: 10) == .seconds(10))
    }

    @Test func keysDoNotShareABucket() throws {
        let buckets = try buckets("1/60")
        for key in 0..<1000 { #expect(buckets.take(key, at: start) == nil) }
        for key in 0..<1000 { #expect(buckets.take(key, at: start) != nil) }
    }

    @Test func whatIsGivenBackCanBeTakenAgain() throws {
        let buckets = try buckets("2/60")
        for _ in 0..<100 {
            #expect(buckets.take(1, at: start) == nil)
            buckets.giveBack(1, at: start)
        }
        #expect(buckets.count == 0)
        for _ in 0..<2 { #expect(buckets.take(1, at: start) == nil) }
        buckets.giveBack(1, at: start)
        #expect(buckets.take(1, at: start) == nil)
        #expect(buckets.take(1, at: start) == .seconds(30))
        // A full bucket does not overflow.
        for _ in 0..<10 { buckets.giveBack(2, at: start) }
        for _ in 0..<2 { #expect(buckets.take(2, at: start) == nil) }
        #expect(buckets.take(2, at: start) != nil)
    }

    @Test func aClockThatSeemsToRunBackDoesNoHarm() throws {
        let buckets = try buckets("1/60")
        #expect(buckets.take(1, at: start) == nil)
        // Read before another task took its token, used after.
        #expect(buckets.take(1, at: start - .milliseconds(1)) == .milliseconds(60_001))
    }

    @Test func offLetsEverythingPassAndKeepsNothing() throws {
        let buckets = try buckets("off")
        for _ in 0..<1000 { #expect(buckets.take(1, at: start, cost: 1000) == nil) }
        buckets.giveBack(1, at: start)
        #expect(buckets.count == 0)
    }

    @Test func bucketsAreNeverMoreThanAllowed() throws {
        let buckets = try buckets("5/60", maxKeys: 1600)
        for key in 0..<20_000 {
            #expect(buckets.take(key, at: start + .microseconds(key)) == nil)
            if key.isMultiple(of: 100) { #expect(buckets.count <= 1600) }
        }
        #expect(buckets.count >= 800)
    }

    @Test func fullBucketsAreForgottenFirst() throws {
        let buckets = try buckets("1/60", maxKeys: 1600)
        for key in 0..<1100 { _ = buckets.take(key, at: start) }
        let later = start + .seconds(60)
        for key in 2000..<2300 { #expect(buckets.take(key, at: later) == nil) }
        // Enough for shards to run out of room, too few to fill one without the first.
        for key in 3000..<3400 { #expect(buckets.take(key, at: later) == nil) }
        for key in 2000..<2300 { #expect(buckets.take(key, at: later) != nil) }
        #expect(buckets.count < 1600)
    }

    @Test func whoEmptiedTheirBucketCannotPushItOut() throws {
        let buckets = try buckets("10/60", maxKeys: 1600)
        for _ in 0..<10 { #expect(buckets.take(-1, at: start) == nil) }
        for key in 0..<20_000 { _ = buckets.take(key, at: start + .microseconds(key)) }
        #expect(buckets.take(-1, at: start + .milliseconds(20)) != nil)
        // The first of the others were idle longest and are gone.
        #expect((0..<100).allSatisfy { buckets.take($0, at: start + .milliseconds(20), cost: 10) == nil })
    }

    @Test func ofManyAtOnceExactlyTheCapacityPasses() async throws {
        let buckets = try buckets("500/60")
        let now = start
        let passed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<1000).count { _ in buckets.take(1, at: now) == nil } }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == 500)
    }

    @Test func ofManyAtOnceEveryKeyGetsItsShare() async throws {
        let buckets = try buckets("3/60")
        let now = start
        let passed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<4000).count { buckets.take($0 % 1000, at: now) == nil } }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == 3000)
    }
}
