import Synchronization

/// The uploads that requests of this process write to, so that a newer request can make an older one stop.
///
/// Requests of other processes are found by the writer's number in the database, a little later.
final class ActiveUploads: Sendable {
    /// A request that writes.
    struct Turn: Sendable {
        fileprivate let number: Int
        /// Has an element when the request shall stop.
        let stop: AsyncStream<Void>
    }

    private struct Entry {
        let number: Int
        let stop: AsyncStream<Void>.Continuation
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private struct State {
        var lastNumber = 0
        var entries: [String: Entry] = [:]
    }

    private let state = Mutex(State())

    /// Asks whoever writes to an upload to stop, and returns when it has.
    func stop(_ id: String) async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                guard state.entries[id] != nil else { return true }
                state.entries[id]?.waiting.append(continuation)
                state.entries[id]?.stop.yield()
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Begins to write; whoever else did has been asked to stop, or is asked now.
    func begin(_ id: String) -> Turn {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return state.withLock { state in
            state.lastNumber += 1
            let older = state.entries.updateValue(Entry(number: state.lastNumber, stop: continuation), forKey: id)
            older?.stop.yield()
            // Who waits for the older one waits for this one now.
            state.entries[id]?.waiting = older?.waiting ?? []
            return Turn(number: state.lastNumber, stop: stream)
        }
    }

    func end(_ id: String, _ turn: Turn) {
        let waiting = state.withLock { state in
            state.entries[id]?.number == turn.number ? state.entries.removeValue(forKey: id)?.waiting ?? [] : []
        }
        for continuation in waiting { continuation.resume() }
    }
}
