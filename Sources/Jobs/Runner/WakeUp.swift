import Synchronization

/// Lets one task wait until something happens, or some time has passed.
///
/// A signal that comes while nobody waits is kept for the next wait.
final class WakeUp: Sendable {
    private struct State {
        var isSignalled = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func signal() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.isSignalled = true }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns after a signal, after `timeout`, or when the task is cancelled.
    func wait(for timeout: Duration) async {
        let timer = Task {
            try await Task.sleep(for: timeout)
            signal()
        }
        defer { timer.cancel() }
        await wait()
    }

    /// Returns after a signal, or when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isSignalled, !Task.isCancelled else {
                        state.isSignalled = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            signal()
        }
    }
}

extension Duration {
    /// Lengthened or shortened by up to a tenth, so that workers do not act in step.
    var jittered: Duration { self * Double.random(in: 0.9...1.1) }
}
