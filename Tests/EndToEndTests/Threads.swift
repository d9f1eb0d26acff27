import Foundation

/// Runs blocking calls side by side, each on a thread of its own, and returns what they return in their order.
///
/// Tasks would not do: there are as many at a time as processors, and other tests' calls block them too.
func onThreads<Value: Sendable>(
    _ count: Int,
    _ body: @escaping @Sendable (Int) throws -> Value
) async throws -> [Value] {
    let results = ThreadResults<Value>()
    await withCheckedContinuation { continuation in
        let group = DispatchGroup()
        for index in 0..<count {
            group.enter()
            Thread {
                results.add(Result { try body(index) }, at: index)
                group.leave()
            }
            .start()
        }
        group.notify(queue: .global()) { continuation.resume() }
    }
    return try (0..<count).compactMap { try results[$0] }
}

private final class ThreadResults<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Int: Result<Value, any Error>] = [:]

    func add(_ result: Result<Value, any Error>, at index: Int) { lock.withLock { results[index] = result } }

    subscript(index: Int) -> Value? { get throws { try lock.withLock { results[index] }?.get() } }
}
