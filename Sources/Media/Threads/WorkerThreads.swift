import Foundation

/// Threads that work on one thing together: the first failure stops them all.
///
/// Codecs block for long, so they get threads of their own instead of Swift's
/// cooperative ones.
// The condition's lock guards every member.
final class WorkerThreads: @unchecked Sendable {
    private let changed = NSCondition()
    private var running = 0
    private var failure: (any Error)?
    private let onFailure: @Sendable () -> Void

    /// `onFailure` wakes threads that wait for each other.
    init(onFailure: @escaping @Sendable () -> Void) { self.onFailure = onFailure }

    /// Runs `body` on a new thread.
    func start(_ name: String, _ body: @escaping @Sendable () throws -> Void) {
        changed.withLock { running += 1 }
        let thread = Thread { [self] in
            attempt(body)
            changed.withLock {
                running -= 1
                changed.broadcast()
            }
        }
        thread.name = name
        thread.start()
    }

    /// Runs `body` on this thread, as a part of the common work.
    func attempt(_ body: () throws -> Void) {
        do { try body() } catch {
            let isFirst = changed.withLock {
                defer { failure = failure ?? error }
                return failure == nil
            }
            if isFirst { onFailure() }
        }
    }

    /// Waits for every thread, and throws the first failure.
    func join() throws {
        changed.lock()
        defer { changed.unlock() }
        while running > 0 { changed.wait() }
        if let failure { throw failure }
    }
}
