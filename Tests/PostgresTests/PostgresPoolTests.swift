import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Postgres

private actor Order {
    private(set) var numbers: [Int] = []
    func append(_ number: Int) { numbers.append(number) }
}

@Suite struct PostgresPoolTests {
    @Test func unreachableServerIsARetriableConnectionError() async {
        let pool = PostgresPool(PostgresConfiguration(conninfo: "host=/nonexistent dbname=x"), logger: .quiet)
        let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
        #expect(error?.kind == .connection && error?.isRetriable == true)
    }

    @Test func malformedConnectionStringIsAnError() async {
        let pool = PostgresPool(PostgresConfiguration(conninfo: "host='"), logger: .quiet)
        let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
        #expect(error?.kind == .connection)
    }

    @Test func waitingForAConnectionEndsAtItsDeadline() async throws {
        try await withSmallPool { pool async throws in
            try await pool.withConnection { _ async throws in
                let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
                #expect(error?.kind == .timeout)
            }
            #expect(try await pool.first("SELECT 1", as: Int.self) == 1)
        }
    }

    @Test func waitersAreServedInTheirOrder() async throws {
        try await withSmallPool(acquireTimeout: .seconds(20)) { pool async throws in
            let order = Order()
            let waiters = try await pool.withConnection { _ in
                var waiters: [Task<Void, any Error>] = []
                for number in 0..<5 {
                    waiters.append(Task { try await pool.withConnection { _ in await order.append(number) } })
                    // Each is in line before the next one comes.
                    try await eventually { pool.state.withLock { $0.waiters.count } > number }
                }
                return waiters
            }
            for waiter in waiters { try await waiter.value }
            #expect(await order.numbers == [0, 1, 2, 3, 4])
        }
    }

    @Test func cancelledWaiterLeavesTheLine() async throws {
        try await withSmallPool(acquireTimeout: .seconds(20)) { pool async throws in
            try await pool.withConnection { _ async throws in
                let waiter = Task { try await pool.query("SELECT 1") }
                try await eventually { pool.state.withLock { $0.waiters.count } == 1 }
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
            }
            #expect(try await pool.first("SELECT 1", as: Int.self) == 1)
        }
    }

    @Test func terminatedConnectionIsReplaced() async throws {
        try await withSmallPool { pool async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.query("SELECT pg_terminate_backend(pg_backend_pid())")
            }
            #expect(error?.kind == .connection && error?.isRetriable == true)
            #expect(try await pool.first("SELECT 1", as: Int.self) == 1)
        }
    }

    @Test func connectionThatTheServerClosedWhileIdleIsReplaced() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let connection = try await pool.withConnection { $0 }
            let victim = try #require(try await pool.first("SELECT pg_backend_pid()", as: Int.self))
            let other = PostgresPool(pool.configuration, logger: .quiet)
            _ = try await other.query("SELECT pg_terminate_backend(\(victim)::int, 5000)")
            // The server process is gone; that the socket says so may take the reactor a moment.
            while connection.channel.status.isOpen { try await Task.sleep(for: .milliseconds(5)) }
            #expect(try await pool.first("SELECT pg_backend_pid()", as: Int.self) != victim)
            await other.close()
        }
    }

    @Test func cancelledStatementStopsInTheServerAndTheConnectionStaysUsable() async throws {
        try await withSmallPool { pool async throws in
            let process = try await pool.first("SELECT pg_backend_pid()", as: Int.self)
            let sleeper = Task { try await pool.query("SELECT pg_sleep(3600)") }
            let watcher = PostgresPool(pool.configuration, logger: .quiet)
            let sleepers: SQL = """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'
                """
            try await eventually { try await watcher.first(sleepers, as: Int.self) == 1 }
            await watcher.close()
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            #expect(try await pool.first("SELECT pg_backend_pid()", as: Int.self) == process)
        }
    }

    @Test func manyCancellationsHitNobodyElse() async throws {
        try await withTestDatabase(migrated: false, maxConnections: 4) { pool async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let task = Task { try await pool.query("SELECT pg_sleep(\(Double(number % 7) / 1000))") }
                        if number % 2 == 0 { task.cancel() }
                        do { _ = try await task.value } catch is CancellationError where number % 2 == 0 {}
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await pool.first("SELECT 1", as: Int.self) == 1)
        }
    }

    @Test func slowStatementIsATimeout() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            var configuration = pool.configuration
            configuration.statementTimeout = .milliseconds(500)
            let impatient = PostgresPool(configuration, logger: .quiet)
            let error = await #expect(throws: PostgresError.self) { try await impatient.query("SELECT pg_sleep(3600)") }
            #expect(error?.kind == .timeout && error?.isA(.queryCanceled) == true)
            #expect(try await impatient.first("SELECT 1", as: Int.self) == 1)
            await impatient.close()
        }
    }

    /// Its own timeout does not help when the server's process does not run at all.
    @Test func frozenServerIsATimeoutAndTheConnectionIsReplaced() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            var configuration = pool.configuration
            configuration.statementTimeout = .milliseconds(500)
            configuration.maxConnections = 1
            let impatient = PostgresPool(configuration, logger: .quiet)
            let process = try #require(try await impatient.first("SELECT pg_backend_pid()", as: Int32.self))
            kill(process, SIGSTOP)
            defer { kill(process, SIGCONT) }
            let error = await #expect(throws: PostgresError.self) { try await impatient.query("SELECT 1") }
            #expect(error?.kind == .timeout)
            #expect(try await impatient.first("SELECT pg_backend_pid()", as: Int32.self) != process)
            await impatient.close()
        }
    }

    @Test func connectionLeftInATransactionIsRolledBack() async throws {
        try await withSmallPool { pool async throws in
            try await pool.execute("CREATE TABLE t (n int)")
            try await pool.withConnection { connection in
                try await connection.execute("BEGIN")
                try await connection.execute("INSERT INTO t VALUES (1)")
            }
            #expect(try await pool.first("SELECT count(*) FROM t", as: Int.self) == 0)
        }
    }

    @Test func settingsAndLocksDoNotOutliveTheirUser() async throws {
        try await withSmallPool { pool async throws in
            try await pool.withConnection { connection in
                try await connection.execute("SET work_mem = '77MB'")
                try await connection.execute("SELECT pg_advisory_lock(1)")
                try await connection.execute("CREATE TEMPORARY TABLE mine (n int)")
            }
            #expect(try await pool.first("SHOW work_mem", as: String.self) == "4MB")
            let locks = try await pool.first(
                """
                SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
                WHERE l.locktype = 'advisory' AND d.datname = current_database()
                """,
                as: Int.self
            )
            #expect(locks == 0)
            #expect(try await pool.first("SELECT to_regclass('mine') IS NULL", as: Bool.self) == true)
            // What the pool itself asks for is still there.
            #expect(try await pool.first("SHOW statement_timeout", as: String.self) == "30s")
        }
    }

    @Test func closedPoolSaysSo() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let other = PostgresPool(pool.configuration, logger: .quiet)
            _ = try await other.query("SELECT 1")
            await other.close()
            let error = await #expect(throws: PostgresError.self) { try await other.query("SELECT 1") }
            #expect(error?.kind == .closed)
        }
    }

    @Test func copyIsAnErrorInsteadOfAnEndlessWait() async throws {
        try await withSmallPool { pool async throws in
            await #expect(throws: PostgresError.self) { try await pool.query("COPY pg_class TO STDOUT") }
            #expect(try await pool.first("SELECT 1", as: Int.self) == 1)
        }
    }

    @Test func restartOfTheServerIsOneErrorAtMost() async throws {
        try await withTestCluster { cluster in
            let pool = PostgresPool(
                PostgresConfiguration(conninfo: cluster.conninfo(database: "postgres")),
                logger: .quiet
            )
            #expect(try await pool.first("SELECT \("prepared")::text", as: String.self) == "prepared")
            try await cluster.stop()
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
            #expect(error?.isRetriable == true)
            try await cluster.start(settings: TestServer.fastSettings)
            #expect(try await pool.first("SELECT \("prepared")::text", as: String.self) == "prepared")
            await pool.close()
        }
    }

    private func withSmallPool(
        acquireTimeout: Duration = .milliseconds(50),
        _ body: (PostgresPool) async throws -> Void
    ) async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            var configuration = pool.configuration
            configuration.maxConnections = 1
            configuration.acquireTimeout = acquireTimeout
            let small = PostgresPool(configuration, logger: .quiet)
            try await body(small)
            await small.close()
        }
    }
}
