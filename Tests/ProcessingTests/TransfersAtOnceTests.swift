import Synchronization
import Testing

@testable import Processing

@Suite struct TransfersAtOnceTests {
    /// How many transfers run, and how many ran at most.
    private struct Count {
        var running = 0
        var most = 0
        var done: [Int] = []
    }

    @Test func everyItemIsTransferredOnceAndEightAtMostAtATime() async throws {
        let count = Mutex(Count())
        try await TransfersAtOnce.run(Array(0..<100)) { item in
            count.withLock { count in
                count.running += 1
                count.most = max(count.most, count.running)
            }
            try await Task.sleep(for: .milliseconds(2))
            count.withLock { count in
                count.running -= 1
                count.done.append(item)
            }
        }
        let end = count.withLock { $0 }
        #expect(end.done.sorted() == Array(0..<100))
        #expect(end.running == 0 && end.most > 1 && end.most <= 8)
    }

    @Test func theFirstFailureEndsTheOthers() async throws {
        struct Failure: Error {}
        let count = Mutex(0)
        await #expect(throws: Failure.self) {
            try await TransfersAtOnce.run(Array(0..<100)) { item in
                count.withLock { $0 += 1 }
                if item == 3 { throw Failure() }
                try await Task.sleep(for: .seconds(60))
            }
        }
        #expect(count.withLock { $0 } < 20)
    }
}
