import Database
import Domain
import Synchronization

/// Looks up what viewers like and follow on one page, for all who ask at about the same time at once.
///
/// Most people ask for the first page of the feed. Whoever comes while a query runs shares
/// the next one, so a lone viewer waits for nobody, and a thousand make few
/// queries. One runs at a time: two at once would be half as full, and slower.
final class MarkLoader<Page: AnyObject & Sendable>: Sendable {
    typealias Query = @Sendable (_ viewers: [UserID], _ page: Page) async throws -> [UserID: ViewerMarks]

    typealias Completion = @Sendable (Result<ViewerMarks, any Error>) -> Void

    private struct Waiter {
        let viewer: UserID
        let page: Page
        let completion: Completion
    }

    private struct State {
        var waiting: [Waiter] = []
        var isRunning = false
    }

    private let query: Query
    private let maxViewers: Int
    private let state = Mutex(State())

    init(maxViewers: Int = 64, query: @escaping Query) {
        self.query = query
        self.maxViewers = maxViewers
    }

    /// Calls `completion` from any thread.
    func load(_ viewer: UserID, on page: Page, completion: @escaping Completion) {
        let mustRun = state.withLock { state in
            state.waiting.append(Waiter(viewer: viewer, page: page, completion: completion))
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustRun { Task { await run() } }
    }

    /// Until nobody waits.
    private func run() async {
        while let batch = nextBatch() {
            do {
                let marks = try await query(Array(Set(batch.map(\.viewer))), batch[0].page)
                for waiter in batch { waiter.completion(.success(marks[waiter.viewer] ?? ViewerMarks())) }
            } catch {
                for waiter in batch { waiter.completion(.failure(error)) }
            }
        }
    }

    /// Those who wait for the same page as the first of them.
    private func nextBatch() -> [Waiter]? {
        state.withLock { state in
            guard let page = state.waiting.first?.page else {
                state.isRunning = false
                return nil
            }
            var batch: [Waiter] = []
            var others: [Waiter] = []
            for waiter in state.waiting {
                if waiter.page === page, batch.count < maxViewers {
                    batch.append(waiter)
                } else {
                    others.append(waiter)
                }
            }
            state.waiting = others
            return batch
        }
    }
}
