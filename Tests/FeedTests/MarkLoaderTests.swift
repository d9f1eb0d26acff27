import Database
import Domain
import Synchronization
import Testing

@testable import Feed

@Suite struct MarkLoaderTests {
    private final class Page: Sendable {}

    /// Answers when it is told to, and remembers who was asked for.
    private final class SlowQuery: Sendable {
        let batches = Mutex<[[UserID]]>([])
        private let gates = AsyncStream.makeStream(of: Void.self)
        private let begun = AsyncStream.makeStream(of: Void.self)

        func run(_ viewers: [UserID]) async -> [UserID: ViewerMarks] {
            batches.withLock { $0.append(viewers.sorted { $0.rawValue < $1.rawValue }) }
            begun.continuation.yield()
            for await _ in gates.stream { break }
            return Dictionary(uniqueKeysWithValues: viewers.map { ($0, Self.marks(of: $0)) })
        }

        func letOneEnd() { gates.continuation.yield() }
        func waitUntilOneBegins() async { for await _ in begun.stream { break } }

        static func marks(of viewer: UserID) -> ViewerMarks {
            ViewerMarks(favorites: [VideoID(rawValue: viewer.rawValue)])
        }
    }

    private func ask(
        _ loader: MarkLoader<Page>,
        _ viewers: ClosedRange<Int64>,
        _ page: Page
    ) -> [Task<ViewerMarks, any Error>] {
        viewers.map { viewer in
            // Asked for before this returns; the answer is awaited in the task.
            let (answers, answer) = AsyncThrowingStream.makeStream(of: ViewerMarks.self)
            loader.load(UserID(rawValue: viewer), on: page) { answer.yield(with: $0) }
            return Task {
                for try await marks in answers { return marks }
                throw CancellationError()
            }
        }
    }

    @Test func thoseWhoComeWhileAQueryRunsShareTheNext() async throws {
        let query = SlowQuery()
        let loader = MarkLoader<Page> { viewers, _ in await query.run(viewers) }
        let (page, other) = (Page(), Page())
        var answers = ask(loader, 1...1, page)
        await query.waitUntilOneBegins()
        answers += ask(loader, 2...70, page) + ask(loader, 71...72, other) + ask(loader, 70...70, page)
        for _ in 1...4 { query.letOneEnd() }
        for (index, viewer) in (Array(1...70) + [71, 72, 70]).enumerated() {
            #expect(try await answers[index].value == SlowQuery.marks(of: UserID(rawValue: Int64(viewer))))
        }
        let batches = query.batches.withLock { $0 }.map { $0.map(\.rawValue) }
        #expect(batches == [[1], Array(2...65), Array(66...70), [71, 72]])
    }

    @Test func anErrorReachesAllWhoShareItAndNobodyElse() async throws {
        struct Broken: Error {}
        let query = SlowQuery()
        let loader = MarkLoader<Page> { viewers, _ in
            let marks = await query.run(viewers)
            if viewers.contains(UserID(rawValue: 2)) { throw Broken() }
            return marks
        }
        let page = Page()
        let first = ask(loader, 1...1, page)
        await query.waitUntilOneBegins()
        let second = ask(loader, 2...4, page)
        for _ in 1...2 { query.letOneEnd() }
        #expect(try await first[0].value == SlowQuery.marks(of: UserID(rawValue: 1)))
        for answer in second { await #expect(throws: Broken.self) { try await answer.value } }
        let later = ask(loader, 5...5, page)
        query.letOneEnd()
        #expect(try await later[0].value == SlowQuery.marks(of: UserID(rawValue: 5)))
    }
}
