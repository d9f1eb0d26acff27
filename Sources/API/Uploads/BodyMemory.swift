import Synchronization

/// Memory of the bodies that requests have to keep whole, of all requests of the process together.
enum BodyMemory {
    /// In bytes; what is more is refused until others are done.
    static let budgetBytes = 32 << 20

    private static let used = Atomic<Int>(0)

    /// What one request has of it, given back when nobody refers to it.
    final class Share: Sendable {
        private let bytes = Atomic<Int>(0)

        deinit { BodyMemory.used.subtract(bytes.load(ordering: .relaxed), ordering: .relaxed) }

        func take(_ count: Int) throws(APIError) {
            bytes.add(count, ordering: .relaxed)
            guard BodyMemory.used.add(count, ordering: .relaxed).newValue <= BodyMemory.budgetBytes else {
                throw .bodiesFillMemory
            }
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
