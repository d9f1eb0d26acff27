import Synchronization

/// What is known about a source only once it was decoded.
final class Timeline: Sendable {
    private struct State {
        var endSeconds = 0.0
        var hasSound = false
    }

    private let state = Mutex(State())

    /// When the last picture ends, in seconds.
    ///
    /// Set by the reader before it ends its queues.
    var endSeconds: Double {
        get { state.withLock { $0.endSeconds } }
        set { state.withLock { $0.endSeconds = newValue } }
    }

    /// Whether any sound was decoded; a track may turn out to be empty.
    var hasSound: Bool {
        get { state.withLock { $0.hasSound } }
        set { state.withLock { $0.hasSound = newValue } }
    }
}
