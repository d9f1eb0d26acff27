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
            let task = Task {
                for await event in listener.notifications() where event == .connected {
                    try await pool.execute("SELECT pg_notify('news', 'connected')")
                }
            }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            try? await task.value
            var listeners = 1
            while listeners > 0 {
                listeners =
                    try await pool.first(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
                        as: Int.self
                    ) ?? 0
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }
}
