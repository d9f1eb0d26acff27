import Synchronization

/// Why confined children cannot be started on this machine, and when that is tried again.
final class ChildHealth: Sendable {
    private struct State {
        var trouble: String?
        var nextTry = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let retryInterval: Duration

    init(retryInterval: Duration) { self.retryInterval = retryInterval }

    /// `nil` while nothing is known against them.
    var trouble: String? { state.withLock { $0.trouble } }

    func begin(_ trouble: String) {
        state.withLock { $0 = State(trouble: trouble, nextTry: .now + retryInterval) }
    }

    func end() { state.withLock { $0.trouble = nil } }

    /// True for one caller in each interval.
    func isToBeTried() -> Bool {
        state.withLock { state in
            guard ContinuousClock.now >= state.nextTry else { return false }
            state.nextTry = .now + retryInterval
            return true
        }
    }
}
