import Dispatch

/// Threads for the few calls of libpq that block: connecting, and sending a cancel request.
enum BlockingCalls {
    private static let queue = DispatchQueue(label: "postgres.blocking", attributes: .concurrent)

    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }

    static func detach(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }
}
