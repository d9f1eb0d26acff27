import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct PostgresListenerTests {
    @Test func notificationsArriveAlsoAfterTheConnectionWasLost() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let listener = PostgresListener(pool.configuration, channels: ["news", "Odd \"name\""], logger: .quiet)
            var events = listener.notifications().makeAsyncIterator()
            #expect(await events.next() == .connected)
            try await pool.execute("SELECT pg_notify('news', 'first')")
            #expect(await events.next() == .notification(channel: "news", payload: "first"))
            try await pool.execute("SELECT pg_notify('Odd \"name\"', '')")
            #expect(await events.next() == .notification(channel: "Odd \"name\"", payload: ""))
            let terminated = try await pool.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'
                """
            )
            #expect(terminated.count == 1)
            #expect(await events.next() == .disconnected)
            #expect(await events.next() == .connected)
            try await pool.execute("SELECT pg_notify('news', 'second')")
            #expect(await events.next() == .notification(channel: "news", payload: "second"))
        }
    }

    @Test func endOfTheStreamEndsTheConnection() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let listener = PostgresListener(pool.configuration, channels: ["news"], logger: .quiet)
            let task = Task { for await _ in listener.notifications() {} }
            try await eventually { try await listeners(pool) == 1 }
            task.cancel()
            await task.value
            try await eventually { try await listeners(pool) == 0 }
        }
    }

    private func listeners(_ pool: PostgresPool) async throws -> Int? {
        try await pool.first(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN \"news\"'",
            as: Int.self
        )
    }
}
