import Synchronization

/// Memory of the bodies that requests have to keep whole, of all requests of the process together.
final class BodyMemory: Sendable {
    static let ofProcess = BodyMemory(budgetBytes: APIConfiguration.defaultBodyMemoryBytes)

    private let used = Atomic<Int>(0)
    private let budget: Atomic<Int>

    init(budgetBytes: Int) { budget = Atomic(budgetBytes) }

    /// Changes the budget, in bytes; requests beyond it are rejected until others have ended.
    func setBudget(_ bytes: Int) { budget.store(bytes, ordering: .relaxed) }

    /// What one request has of it, given back when nobody refers to it.
    final class Share: Sendable {
        private let memory: BodyMemory
        private let bytes = Atomic<Int>(0)

        init(of memory: BodyMemory = .ofProcess) { self.memory = memory }

        deinit { memory.used.subtract(bytes.load(ordering: .relaxed), ordering: .relaxed) }

        func take(_ count: Int) throws(APIError) {
            bytes.add(count, ordering: .relaxed)
            let used = memory.used.add(count, ordering: .relaxed).newValue
            guard used <= memory.budget.load(ordering: .relaxed) else { throw .bodiesFillMemory }
        }
    }
}

extension APIError {
    static let bodiesFillMemory = APIError(
        .unavailable,
        "The server is reading too many requests. Try again in a moment.",
        chinese: "服务器繁忙，请稍后重试。",
        retryAfterSeconds: 2
    ).closingConnection
}
