import Database
import Domain
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct ChangesTests {
    /// Collects what is told until `isDone`, with a way to wait for it.
    private func collect(
        _ pool: PostgresPool,
        until isDone: @escaping @Sendable ([Change]) -> Bool,
        _ body: @Sendable () async throws -> Void
    ) async throws -> [Change] {
        let (heard, told) = AsyncStream.makeStream(of: Change.self)
        let task = Task { await Changes(pool, logger: .quiet).forEach { told.yield($0) } }
        defer { task.cancel() }
        var changes: [Change] = []
        for await change in heard {
            changes.append(change)
            if changes.count == 1 { try await body() }
            if isDone(changes) { return changes }
        }
        return changes
    }

    @Test func everyCommittedChangeIsToldAfterOneLookAtEverything() async throws {
        try await withTestDatabase { pool in
            let users = Users(pool)
            let ada = try #require(try await users.create(Username("ada"), passwordHash: "old"))
            // On a busy machine it may look at everything once more.
            let changes = try await collect(pool, until: { $0.filter { $0 != .everything }.count == 2 }) {
                try await users.setSignature(ada, to: "hello")
                _ = try await users.changePassword(ada, from: "old", to: "new")
            }
            #expect(changes.first == .everything)
            #expect(changes.filter { $0 != .everything } == [.users([ada]), .tokens([ada])])
        }
    }

    @Test func aLostConnectionMeansToLookAtEverythingAgain() async throws {
        try await withTestDatabase { pool in
            let changes = try await collect(pool, until: { $0.count == 2 }) {
                try await pool.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND query LIKE 'LISTEN%'
                    """
                )
            }
            #expect(changes == [.everything, .everything])
        }
    }
}
