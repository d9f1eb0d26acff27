import Synchronization

/// Sends the parts of one object, some at a time: those of an upload as they fill, and those of a file that is all there.
///
/// A part counts once the store has answered with its tag. Parts are reported in the order in which they were begun, so
/// that what was reported has no gaps.
final class PartSender: Sendable {
    typealias Send = @Sendable () async throws -> MultipartPart
    typealias Report = @Sendable (MultipartPart) -> Void

    private struct State {
        var begunCount = 0
        var running: [Int: Task<Void, Never>] = [:]
        /// Parts that arrived before an older one did, by their place in the order.
        var early: [Int: (part: MultipartPart, report: Report)] = [:]
        var parts: [MultipartPart] = []
        var failure: (any Error)?
        /// The caller that waits until no more than `limit` are on their way.
        var waiting: (limit: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let maxRunning: Int
    private let state = Mutex(State())

    init(atOnce maxRunning: Int) { self.maxRunning = maxRunning }

    /// Begins to send a part when there is room for it.
    ///
    /// - Throws: the first failure of a part before.
    func begin(_ send: @escaping Send, report: @escaping Report = { _ in }) async throws {
        await wait(atMost: maxRunning - 1)
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            let place = state.begunCount
            state.begunCount += 1
            state.running[place] = Task {
                do { end(place, .success(try await send()), report) } catch { end(place, .failure(error), report) }
            }
        }
    }

    /// Waits for all parts, and returns them in their order.
    ///
    /// - Throws: the first failure.
    @discardableResult
    func finish() async throws -> [MultipartPart] {
        await wait(atMost: 0)
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.parts
        }
    }

    /// Waits until nothing is on its way, whatever became of it.
    func stop() async { await wait(atMost: 0) }

    func cancel() {
        for task in state.withLock({ Array($0.running.values) }) { task.cancel() }
    }

    private func wait(atMost limit: Int) async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard state.running.count > limit else { return false }
                state.waiting = (limit, continuation)
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }

    private func end(_ place: Int, _ result: Result<MultipartPart, any Error>, _ report: @escaping Report) {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            state.running[place] = nil
            switch result {
            case .success(let part): state.early[place] = (part, report)
            case .failure(let error): state.failure = state.failure ?? error
            }
            while let next = state.early.removeValue(forKey: state.parts.count) {
                state.parts.append(next.part)
                next.report(next.part)
            }
            guard let waiting = state.waiting, state.running.count <= waiting.limit else { return nil }
            state.waiting = nil
            return waiting.continuation
        }
        waiting?.resume()
    }
}
