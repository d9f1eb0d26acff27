import API
import Testing

@Suite struct RateLimitTests {
    @Test(arguments: [
        ("300/60", 300, 60), ("600/60s", 600, 60), ("1/1", 1, 1), ("1000000/86400", 1_000_000, 86_400),
        ("0005/010", 5, 10),
    ])
    func countsAndSecondsAreRead(text: String, capacity: Int, seconds: Int) throws {
        let limit = try #require(RateLimit(text))
        #expect(limit.capacity == capacity)
        #expect(limit.period == .seconds(seconds))
        #expect(!limit.isOff)
        #expect(RateLimit(limit.description) == limit)
    }

    @Test func offIsNoLimit() throws {
        #expect(RateLimit("off") == .off)
        #expect(RateLimit.off.isOff)
        #expect(RateLimit.off.description == "off")
    }

    @Test(arguments: [
        "", "300", "/", "300/", "/60", "0/60", "300/0", "-1/60", "300/-60", "+3/60", "1000001/60", "300/86401",
        "3.5/60",
        "300/60m", "300 / 60", " 300/60", "300/60\n", "OFF", "300/60/60", "99999999999999999999/60", "٣/60",
    ])
    func anythingElseIsNotALimit(text: String) {
        #expect(RateLimit(text) == nil)
    }
}
