import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct TransactionTests {
    private struct Failed: Error {}

    @Test func throwRollsBack() async throws {
        try await withTable { pool async throws in
            await #expect(throws: Failed.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    throw Failed()
                }
            }
            #expect(try await count(pool) == 0)
        }
    }

    @Test func returnCommits() async throws {
        try await withTable { pool async throws in
            let result = try await pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                return "done"
            }
            #expect(result == "done")
            #expect(try await count(pool) == 1)
        }
    }

    @Test func cancellationRollsBack() async throws {
        try await withTable { pool async throws in
            let task = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    try await transaction.execute("SELECT pg_sleep(3600)")
                }
            }
            try await eventually { try await sleepers(pool) == 1 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await count(pool) == 0)
        }
    }

    @Test func constraintThatFailsAtCommitIsReported() async throws {
        try await withTable { pool async throws in
            try await pool.execute(
                "ALTER TABLE t ADD CONSTRAINT numbers_are_unique UNIQUE (n) DEFERRABLE INITIALLY DEFERRED"
            )
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1), (1)")
                }
            }
            #expect(error?.isA(.uniqueViolation) == true)
            #expect(error?.constraint == "numbers_are_unique")
            #expect(try await count(pool) == 0)
        }
    }

    /// The server answers such a COMMIT with ROLLBACK and no error.
    @Test func commitAfterASwallowedErrorIsReported() async throws {
        try await withTable { pool async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    _ = try? await transaction.execute("SELECT 1/0")
                }
            }
            #expect(error?.isA(.inFailedTransaction) == true)
            #expect(try await count(pool) == 0)
        }
    }

    @Test func savepointUndoesItsOwnWorkOnly() async throws {
        try await withTable { pool async throws in
            try await pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                await #expect(throws: PostgresError.self) {
                    try await transaction.withSavepoint { inner in
                        try await inner.execute("INSERT INTO t VALUES (2)")
                        try await inner.execute("SELECT 1/0")
                    }
                }
                try await transaction.withSavepoint { inner in
                    try await inner.execute("INSERT INTO t VALUES (3)")
                    await #expect(throws: Failed.self) {
                        try await inner.withSavepoint { innermost in
                            try await innermost.execute("INSERT INTO t VALUES (4)")
                            throw Failed()
                        }
                    }
                }
            }
            #expect(try await pool.query("SELECT n FROM t ORDER BY n", as: Int.self) == [1, 3])
        }
    }

    @Test(arguments: [CuttingProxy.Fault.beforeCommit, .afterCommit])
    func lostConnectionDuringCommitIsAnUnknownOutcome(fault: CuttingProxy.Fault) async throws {
        try await withTable { pool async throws in
            try await withTemporaryFolder { folder in
                let server = try await TestServer.shared.cluster()
                let proxy = try CuttingProxy(in: folder, to: server.directory + "/run")
                defer { proxy.close() }
                var configuration = pool.configuration
                configuration.conninfo += " host='\(proxy.socketDirectory)'"
                let cut = PostgresPool(configuration, logger: .quiet)
                proxy.cutAtNextCommit(fault)
                let error = await #expect(throws: PostgresError.self) {
                    try await cut.withTransaction { try await $0.execute("INSERT INTO t VALUES (1)") }
                }
                #expect(error?.kind == .commitUnknown)
                await cut.close()
            }
            // The lock waits for the transaction that may still be ending.
            try await pool.withTransaction { try await $0.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE") }
            #expect(try await count(pool) == (fault == .afterCommit ? 1 : 0))
        }
    }

    private func sleepers(_ pool: PostgresPool) async throws -> Int? {
        try await pool.first(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
            as: Int.self
        )
    }

    /// The statement is the last of the transaction, and in it: if it fails, nothing has happened.
    @Test func lastStatementRunsBeforeTheCommitAndIsPartOfIt() async throws {
        try await withTable { pool async throws in
            try await pool.withTransaction { transaction in
                try await transaction.executeLast("INSERT INTO t SELECT count(*) + 40 FROM t")
                try await transaction.execute("INSERT INTO t VALUES (1), (2)")
                #expect(try await transaction.query("SELECT n FROM t ORDER BY n", as: Int.self) == [1, 2])
            }
            #expect(try await pool.query("SELECT n FROM t ORDER BY n", as: Int.self) == [1, 2, 42])
            await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.executeLast("INSERT INTO t SELECT 1 / 0")
                    try await transaction.execute("INSERT INTO t VALUES (3)")
                }
            }
            // What one transaction left to its end is not run by the next.
            try await pool.withTransaction { try await $0.execute("INSERT INTO t VALUES (4)") }
            #expect(try await pool.query("SELECT n FROM t ORDER BY n", as: Int.self) == [1, 2, 4, 42])
        }
    }

    /// Row locks of a client that does nothing must not outlive the server's patience.
    @Test func idleTransactionIsEndedByTheServerAndMayBeRepeated() async throws {
        try await withTable { pool async throws in
            var configuration = pool.configuration
            configuration.idleInTransactionTimeout = .milliseconds(200)
            let idle = PostgresPool(configuration, logger: .quiet)
            let error = await #expect(throws: PostgresError.self) {
                try await idle.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO t VALUES (1)")
                    try await eventually { try await sessionsInTransaction(pool) == 0 }
                    try await transaction.execute("INSERT INTO t VALUES (2)")
                }
            }
            #expect(error?.isRetriable == true)
            #expect(try await count(pool) == 0)
            await idle.close()
        }
    }

    private func sessionsInTransaction(_ pool: PostgresPool) async throws -> Int? {
        try await pool.first(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'",
            as: Int.self
        )
    }

    private func count(_ pool: PostgresPool) async throws -> Int? {
        try await pool.first("SELECT count(*) FROM t", as: Int.self)
    }

    private func withTable(_ body: (PostgresPool) async throws -> Void) async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            try await pool.execute("CREATE TABLE t (n int)")
            try await body(pool)
        }
    }
}
