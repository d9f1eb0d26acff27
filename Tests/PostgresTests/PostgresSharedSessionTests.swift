import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct PostgresSharedSessionTests {
    @Test func everyTaskGetsTheAnswerToItsOwnStatement() async throws {
        try await withShared { shared, _ async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<1000 {
                    group.addTask { () async throws in
                        #expect(try await shared.first("SELECT \(number) * 2", as: Int.self) == number * 2)
                        let text = "text \(number)"
                        #expect(try await shared.first("SELECT \(text)::text", as: String.self) == text)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func failingStatementTakesNoOtherWithIt() async throws {
        try await withShared(connections: 1) { shared, _ async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<700 {
                    group.addTask {
                        let divisor = number % 7
                        guard divisor == 0 else {
                            let quotient = try await shared.first("SELECT 42 / \(divisor)", as: Int.self)
                            return #expect(quotient == 42 / divisor)
                        }
                        let error = await postgresError { try await shared.query("SELECT 42 / \(divisor)") }
                        #expect(error?.isA(SQLState(rawValue: "22012")) == true)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// What a failing statement has done is undone; what stands before and behind it in the pipeline is not.
    @Test func everyStatementIsATransactionOfItsOwn() async throws {
        try await withShared(connections: 1) { shared, _ async throws in
            try await shared.execute("CREATE TABLE t (n int PRIMARY KEY)")
            await withTaskGroup { group in
                for number in 0..<300 {
                    group.addTask {
                        let second = number % 3 == 0 ? number : number + 1000
                        let error = await postgresError {
                            try await shared.execute("INSERT INTO t VALUES (\(number)), (\(second))")
                        }
                        #expect(error?.isA(.uniqueViolation) ?? false == (second == number))
                    }
                }
            }
            #expect(try await shared.first("SELECT count(*) FROM t", as: Int.self) == 400)
        }
    }

    @Test func statementThatCannotBePreparedSaysWhyToEveryCaller() async throws {
        try await withShared(connections: 1) { shared, _ async throws in
            await withTaskGroup { group in
                for _ in 0..<100 {
                    group.addTask {
                        let error = await postgresError { try await shared.query("SELECT \(1) FROM missing") }
                        #expect(error?.isA(.undefinedTable) == true)
                    }
                }
            }
            try await shared.execute("CREATE TABLE missing (n int)")
            #expect(try await shared.query("SELECT \(1) FROM missing").isEmpty)
        }
    }

    @Test func cancelledTaskReturnsAtOnceAndItsStatementRunsOn() async throws {
        try await withShared(connections: 1) { shared, pool async throws in
            try await shared.execute("CREATE TABLE t (n int)")
            try await pool.withTransaction { holder in
                try await holder.execute("LOCK TABLE t")
                let insert = Task { try await shared.execute("INSERT INTO t VALUES (1)") }
                try await waitForLockWaiters(1, holder)
                insert.cancel()
                // The lock is still held: only the caller has stopped waiting.
                await #expect(throws: CancellationError.self) { try await insert.value }
            }
            #expect(try await shared.first("SELECT count(*) FROM t", as: Int.self) == 1)
        }
    }

    @Test func manyCancellationsHitNobodyElse() async throws {
        try await withShared { shared, _ async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<1000 {
                    group.addTask { () async throws in
                        let task = Task { try await shared.first("SELECT \(number)", as: Int.self) }
                        if number % 2 == 0 { task.cancel() }
                        do {
                            #expect(try await task.value == number)
                        } catch is CancellationError where number % 2 == 0 {}
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func killedBackendFailsWhatWasSentAndIsReplaced() async throws {
        try await withShared(connections: 1) { shared, pool async throws in
            try await shared.execute("CREATE TABLE t (n int)")
            let process = try #require(try await shared.first("SELECT pg_backend_pid()", as: Int.self))
            try await pool.withTransaction { holder in
                try await holder.execute("LOCK TABLE t")
                await withTaskGroup { group in
                    for _ in 0..<50 {
                        group.addTask {
                            let error = await postgresError { try await shared.query("SELECT * FROM t") }
                            #expect(error?.kind == .connection && error?.isRetriable == true)
                        }
                    }
                    group.addTask {
                        try? await waitForLockWaiters(1, holder)
                        _ = try? await holder.query("SELECT pg_terminate_backend(\(process)::int, 5000)")
                    }
                }
            }
            #expect(try await shared.first("SELECT pg_backend_pid()", as: Int.self) != process)
        }
    }

    @Test func slowStatementIsATimeoutOfItsCallerOnly() async throws {
        try await withShared(connections: 1, configure: { $0.statementTimeout = .milliseconds(100) }) { shared, _ in
            let process = try await shared.first("SELECT pg_backend_pid()", as: Int.self)
            let slow = Task { try await shared.query("SELECT pg_sleep(3600)") }
            let error = await postgresError { _ = try await slow.value }
            #expect(error?.kind == .timeout && error?.isA(.queryCanceled) == true)
            #expect(try await shared.first("SELECT pg_backend_pid()", as: Int.self) == process)
        }
    }

    /// Its own timeout does not help when the server's process does not run at all.
    @Test func frozenServerIsATimeoutAndTheConnectionIsReplaced() async throws {
        try await withShared(connections: 1, configure: { $0.statementTimeout = .milliseconds(100) }) { shared, _ in
            let process = try #require(try await shared.first("SELECT pg_backend_pid()", as: Int32.self))
            kill(process, SIGSTOP)
            defer { kill(process, SIGCONT) }
            let errors = await withTaskGroup { group in
                for _ in 0..<20 { group.addTask { await postgresError { try await shared.query("SELECT 1") } } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.allSatisfy { $0?.isRetriable == true })
            #expect(errors.count { $0?.kind == .timeout } == 1)
            #expect(errors.count { $0?.kind == .connection } == 19)
            #expect(try await shared.first("SELECT pg_backend_pid()", as: Int32.self) != process)
        }
    }

    @Test func unreachableServerIsAnErrorForEveryCaller() async {
        let pool = PostgresPool(PostgresConfiguration(conninfo: "host=/nonexistent dbname=x"), logger: .quiet)
        for _ in 0..<2 {
            let error = await postgresError { try await pool.shared.query("SELECT 1") }
            #expect(error?.kind == .connection && error?.isRetriable == true)
        }
    }

    @Test func fullQueueIsARetriableError() async throws {
        try await withShared(connections: 2, configure: { $0.sharedQueueCapacity = 3 }) { shared, pool async throws in
            try await shared.execute("CREATE TABLE t (n int)")
            try await withThrowingTaskGroup { group in
                try await pool.withTransaction { holder in
                    try await holder.execute("LOCK TABLE t")
                    for _ in 0..<10 {
                        group.addTask { await postgresError { try await shared.query("SELECT * FROM t") } }
                    }
                    // Whoever has a place has no answer as long as the lock is held.
                    for _ in 0..<4 {
                        let error = try await group.next() ?? nil
                        #expect(error?.kind == .timeout && error?.isRetriable == true)
                    }
                }
                for try await error in group { #expect(error == nil) }
            }
        }
    }

    @Test func statementsStayWithinTheCacheWithOthersInFlight() async throws {
        let configure: @Sendable (inout PostgresConfiguration) -> Void = { $0.statementCacheSize = 3 }
        try await withShared(connections: 1, configure: configure) { shared, _ async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<500 {
                    group.addTask { () async throws in
                        let sql = SQL(verbatim: "SELECT \(number % 10) + ") + "\(number)"
                        #expect(try await shared.first(sql, as: Int.self) == number % 10 + number)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await preparedStatements(shared) <= 3)
            #expect(try await preparedStatements(shared) > 0)
        }
    }

    @Test func withoutACacheNothingIsPreparedByName() async throws {
        try await withShared(connections: 1, configure: { $0.statementCacheSize = 0 }) { shared, _ async throws in
            for number in 0..<3 { #expect(try await shared.first("SELECT \(number)", as: Int.self) == number) }
            #expect(try await preparedStatements(shared) == 0)
        }
    }

    @Test func changeOfSchemaIsNotSeenByTheCallers() async throws {
        try await withShared(connections: 1) { shared, _ async throws in
            try await shared.execute("CREATE TABLE t (a int)")
            for change in ["ALTER TABLE t ADD COLUMN b int", "ALTER TABLE t ADD COLUMN c text", "DEALLOCATE ALL"] {
                #expect(try await shared.query("SELECT * FROM t").isEmpty)
                try await shared.execute(SQL(verbatim: change))
                try await withThrowingTaskGroup { group in
                    for _ in 0..<100 {
                        group.addTask { () async throws in #expect(try await shared.query("SELECT * FROM t").isEmpty) }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    /// More than any socket takes in at once, in both directions at the same time.
    @Test func largeValuesGoBothWaysAtOnce() async throws {
        try await withShared(connections: 1) { shared, _ async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask { () async throws in
                        let bytes = [UInt8](repeating: UInt8(number), count: 1_000_000)
                        #expect(try await shared.first("SELECT \(bytes)", as: [UInt8].self) == bytes)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func statementThatWasNotSentYetIsCancelledForGood() async throws {
        try await withShared(connections: 1) { shared, pool async throws in
            try await shared.execute("CREATE TABLE t (n int)")
            try await pool.withTransaction { holder in
                try await holder.execute("LOCK TABLE t")
                let first = Task { try await shared.query("SELECT * FROM t") }
                try await waitForLockWaiters(1, holder)
                // The server does not read while it waits for the lock, so this fills the socket.
                let large = [UInt8](repeating: 1, count: 8_000_000)
                let filling = Task { try await shared.query("SELECT \(large)") }
                // Nothing shows when it is on its way.
                try await Task.sleep(for: .milliseconds(100))
                let unsent = (0..<10).map { _ in Task { try await shared.execute("INSERT INTO t VALUES (1)") } }
                try await Task.sleep(for: .milliseconds(100))
                for task in unsent { task.cancel() }
                for task in unsent { await #expect(throws: CancellationError.self) { try await task.value } }
                first.cancel()
                filling.cancel()
            }
            #expect(try await shared.first("SELECT count(*) FROM t", as: Int.self) == 0)
        }
    }

    @Test func rowsAndNullsArriveWhole() async throws {
        try await withShared { shared, _ async throws in
            let sql: SQL =
                "SELECT n, nullif(n % 10, 0)::int, \(nil as String?)::text FROM generate_series(1, \(50_000)) AS n"
            let rows = try await shared.query(sql, as: (Int, Int?, String?).self)
            #expect(rows.count == 50_000)
            #expect(rows.allSatisfy { $0.1 ?? 0 == $0.0 % 10 && $0.2 == nil })
            #expect(try await shared.first("SELECT 1 WHERE false", as: Int.self) == nil)
        }
    }

    @Test(arguments: ["BEGIN", "START TRANSACTION", "SET work_mem = '77MB'"])
    func statementThatChangesTheSessionIsAnError(_ text: String) async throws {
        try await withShared(connections: 1) { shared, _ async throws in
            let before = try await shared.first("SHOW work_mem", as: String.self)
            let error = await postgresError { try await shared.execute(SQL(verbatim: text)) }
            #expect(error?.kind == .server(.featureNotSupported) && error?.isRetriable == false)
            try await shared.execute("CREATE TABLE t (n int)")
            #expect(try await shared.first("SHOW work_mem", as: String.self) == before)
        }
    }

    @Test func statementsThatNeedToBeAloneAreAlone() async throws {
        try await withShared(connections: 1, configure: { $0.statementCacheSize = 1 }) { shared, _ async throws in
            try await shared.execute("CREATE TABLE t (n int)")
            async let selected = shared.first("SELECT 1", as: Int.self)
            async let vacuumed = shared.execute("VACUUM t")
            #expect(try await selected == 1)
            #expect(try await vacuumed == 0)
        }
    }

    @Test func closedPoolFailsWhoWaitsAndWhoComes() async throws {
        try await withShared(connections: 1) { shared, pool async throws in
            try await shared.execute("CREATE TABLE t (n int)")
            let own = PostgresPool(pool.configuration, logger: .quiet)
            try await pool.withTransaction { holder in
                try await holder.execute("LOCK TABLE t")
                let waiting = (0..<10).map { _ in Task { try await own.shared.query("SELECT * FROM t") } }
                try await waitForLockWaiters(1, holder)
                await own.close()
                for task in waiting {
                    let error = await postgresError { _ = try await task.value }
                    #expect(error?.kind == .closed)
                }
            }
            let error = await postgresError { try await own.shared.query("SELECT 1") }
            #expect(error?.kind == .closed)
        }
    }

    @Test func restartOfTheServerIsOneErrorAtMost() async throws {
        try await withTestCluster { cluster in
            let conninfo = cluster.conninfo(database: "postgres")
            let pool = PostgresPool(PostgresConfiguration(conninfo: conninfo), logger: .quiet)
            #expect(try await pool.shared.first("SELECT \("prepared")::text", as: String.self) == "prepared")
            try await cluster.stop()
            let error = await postgresError { try await pool.shared.query("SELECT 1") }
            #expect(error?.isRetriable == true)
            try await cluster.start(settings: TestServer.fastSettings)
            #expect(try await pool.shared.first("SELECT \("prepared")::text", as: String.self) == "prepared")
            await pool.close()
        }
    }
}

/// Runs a test with shared connections of its own, and the pool of the same database.
private func withShared(
    connections: Int = 2,
    configure: (inout PostgresConfiguration) -> Void = { _ in },
    _ body: (PostgresSharedSession, PostgresPool) async throws -> Void
) async throws {
    try await withTestDatabase(migrated: false) { pool async throws in
        var configuration = pool.configuration
        configuration.sharedConnections = connections
        configure(&configuration)
        let own = PostgresPool(configuration, logger: .quiet)
        try await body(own.shared, pool)
        await own.close()
    }
}

private func postgresError(_ body: () async throws -> some Any) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

/// Returns once so many statements of this database wait for a lock.
private func waitForLockWaiters(_ count: Int, _ session: any PostgresSession) async throws {
    // Unlike pg_stat_activity this changes within a transaction.
    let sql: SQL = """
        SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
        WHERE NOT l.granted AND d.datname = current_database()
        """
    while try await session.first(sql, as: Int.self) ?? 0 < count { try await Task.sleep(for: .milliseconds(5)) }
}

private func preparedStatements(_ session: any PostgresSession) async throws -> Int {
    try await session.first("SELECT count(*) FROM pg_prepared_statements", as: Int.self) ?? -1
}
