import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct StatementCacheTests {
    @Test func onlySoManyStatementsStayPrepared() async throws {
        try await withCache(of: 3) { connection async throws in
            for number in 0..<20 {
                let sql = SQL(verbatim: "SELECT \(number)")
                #expect(try await connection.first(sql, as: Int.self) == number)
            }
            #expect(try await prepared(connection) <= 3)
        }
    }

    @Test func statementUsedAgainIsPreparedOnce() async throws {
        try await withCache(of: 100) { connection async throws in
            for number in 0..<10 { #expect(try await connection.first("SELECT \(number)", as: Int.self) == number) }
            let count = try await connection.first(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1'",
                as: Int.self
            )
            #expect(count == 1)
        }
    }

    @Test func withoutACacheNothingIsPreparedByName() async throws {
        try await withCache(of: 0) { connection async throws in
            #expect(try await connection.first("SELECT \(1)", as: Int.self) == 1)
            #expect(try await prepared(connection) == 0)
        }
    }

    @Test func changeOfSchemaIsNotSeenByTheCaller() async throws {
        try await withCache(of: 10) { connection async throws in
            try await connection.execute("CREATE TABLE t (a int)")
            #expect(try await connection.query("SELECT * FROM t").isEmpty)
            try await connection.execute("ALTER TABLE t ADD COLUMN b int")
            #expect(try await connection.query("SELECT * FROM t").isEmpty)
            try await connection.execute("DEALLOCATE ALL")
            #expect(try await connection.query("SELECT * FROM t").isEmpty)
        }
    }

    private func prepared(_ connection: PostgresConnection) async throws -> Int {
        try await connection.first("SELECT count(*) FROM pg_prepared_statements", as: Int.self) ?? -1
    }

    private func withCache(of size: Int, _ body: (PostgresConnection) async throws -> Void) async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            var configuration = pool.configuration
            configuration.statementCacheSize = size
            let own = PostgresPool(configuration, logger: .quiet)
            try await own.withConnection { try await body($0) }
            await own.close()
        }
    }
}
