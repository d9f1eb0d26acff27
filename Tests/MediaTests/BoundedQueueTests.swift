import Synchronization
import Testing

@testable import Media

@Suite struct BoundedQueueTests {
    /// A value that may not be copied, and that counts itself.
    struct Token: ~Copyable, Sendable {
        static let alive = Mutex(0)
        let number: Int

        init(_ number: Int) {
            self.number = number
            Self.alive.withLock { $0 += 1 }
        }

        deinit { Self.alive.withLock { $0 -= 1 } }
    }

    struct Failure: Error {}

    @Test func valuesArriveInOrderAndOnce() throws {
        let queue = BoundedQueue<Token>(capacity: 3)
        let threads = WorkerThreads { queue.cancel() }
        threads.start("producer") {
            for number in 0..<1000 { try queue.push(Token(number)) }
            queue.end()
        }
        var expected = 0
        while let token = try queue.pop() {
            #expect(token.number == expected)
            expected += 1
        }
        try threads.join()
        #expect(expected == 1000)
    }

    @Test func failureWakesThoseWhoWait() {
        let queue = BoundedQueue<Int>(capacity: 1)
        let threads = WorkerThreads { queue.cancel() }
        threads.start("waits for room") { while true { try queue.push(1) } }
        threads.start("fails") { throw Failure() }
        #expect(throws: Failure.self) { try threads.join() }
        #expect(throws: BoundedQueue<Int>.Cancelled.self) { try queue.pop() }
    }

    @Test func longListIsFreed() {
        let before = Token.alive.withLock { $0 }
        do {
            var list = FIFO<Token>()
            for number in 0..<200_000 { list.append(Token(number)) }
            #expect(list.withFirst { $0.number } == 0)
            if let first = list.popFirst() {
                let number = first.number
                #expect(number == 0)
            }
            #expect(list.count == 199_999)
        }
        #expect(Token.alive.withLock { $0 } <= before + 10)
    }
}
