import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct SQLTests {
    @Test func interpolationBindsAndNeverPastes() async throws {
        let evil = "x'; DROP TABLE accounts; --"
        let sql: SQL = "INSERT INTO accounts (name) VALUES (\(evil))"
        #expect(sql.text == "INSERT INTO accounts (name) VALUES ($1)")
        try await withTestDatabase(migrated: false) { pool async throws in
            try await pool.execute("CREATE TABLE accounts (name text)")
            #expect(try await pool.execute(sql) == 1)
            #expect(try await pool.first("SELECT name FROM accounts", as: String.self) == evil)
        }
    }

    @Test func splicedStatementsKeepTheirValues() {
        let condition: SQL = "a = \(1) AND b = \("two")"
        let sql: SQL = "SELECT * FROM t WHERE \(condition) AND c = \(3.0)" + " LIMIT \(4)"
        #expect(sql.text == "SELECT * FROM t WHERE a = $1 AND b = $2 AND c = $3 LIMIT $4")
    }

    @Test func identifiersAreQuoted() {
        let sql: SQL = "DROP TABLE \(identifier: #"odd "name""#)"
        #expect(sql.text == #"DROP TABLE "odd ""name""""#)
    }

    @Test func nulCharacterIsAnErrorInsteadOfACutText() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT \("a\0b")::text") }
            #expect(error?.kind == .encoding)
        }
    }
}
