import NIOCore
import Synchronization

/// An answer between the loop, which fills it, and the one task that takes from it.
///
/// It holds at most `maxHeldBytes` and a little: then the transfer pauses until they were taken.
final class CurlAnswer: Sendable {
    struct Head: Sendable {
        var status = 0
        var httpVersion = ""
        var headers = CurlHeaders()
    }

    /// Enough to keep a connection busy while the receiver works.
    static let maxHeldBytes = 1024 * 1024

    private struct State {
        var head: Head?
        var held = ByteBuffer()
        var isPaused = false
        var end: Result<Void, any Error>?
        var waitingForHead: CheckedContinuation<Head, any Error>?
        var waitingForBytes: CheckedContinuation<ByteBuffer?, any Error>?
    }

    private let state = Mutex(State())
}

/// For the loop.
extension CurlAnswer {
    var hasHead: Bool { state.withLock { $0.head != nil } }

    func begin(_ head: Head) {
        let waiting = state.withLock { state in
            state.head = head
            return exchange(&state.waitingForHead, with: nil)
        }
        waiting?.resume(returning: head)
    }

    /// False if the bytes must come again later, because enough are here.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard state.held.readableBytes < Self.maxHeldBytes else {
                state.isPaused = true
                return false
            }
            state.held.writeBytes(bytes)
            return true
        }
    }

    /// Hands what is here to the task that waits for it.
    func deliver() {
        let delivery = state.withLock { state -> (CheckedContinuation<ByteBuffer?, any Error>, ByteBuffer)? in
            guard state.held.readableBytes > 0, let waiting = exchange(&state.waitingForBytes, with: nil) else {
                return nil
            }
            return (waiting, exchange(&state.held, with: ByteBuffer()))
        }
        delivery?.0.resume(returning: delivery?.1)
    }

    func finish(_ end: Result<Void, any Error>) {
        deliver()
        let waiting = state.withLock { state in
            state.end = state.end ?? end
            return (exchange(&state.waitingForHead, with: nil), exchange(&state.waitingForBytes, with: nil))
        }
        // An answer without a head is never a success.
        if case .failure(let error) = end { waiting.0?.resume(throwing: error) }
        waiting.1?.resume(with: end.map { nil })
    }
}

/// For the task.
extension CurlAnswer {
    func head() async throws -> Head {
        try await withCheckedThrowingContinuation { continuation in
            let known: Result<Head, any Error>? = state.withLock { state in
                if let head = state.head { return .success(head) }
                if case .failure(let error) = state.end { return .failure(error) }
                state.waitingForHead = continuation
                return nil
            }
            if let known { continuation.resume(with: known) }
        }
    }

    /// What has come since, or `nil` at the end.
    ///
    /// `resume` is called when the transfer has to go on.
    func next(resume: () -> Void) async throws -> ByteBuffer? {
        try await withCheckedThrowingContinuation { continuation in
            let (known, wasPaused) = state.withLock { state -> (Result<ByteBuffer?, any Error>?, Bool) in
                let wasPaused = exchange(&state.isPaused, with: false)
                if state.held.readableBytes > 0 {
                    return (.success(exchange(&state.held, with: ByteBuffer())), wasPaused)
                }
                if let end = state.end { return (end.map { nil }, wasPaused) }
                state.waitingForBytes = continuation
                return (nil, wasPaused)
            }
            if let known { continuation.resume(with: known) }
            if wasPaused { resume() }
        }
    }
}

/// Puts a new value in a variable and returns the old one.
private func exchange<T>(_ variable: inout T, with new: T) -> T {
    defer { variable = new }
    return variable
}
