import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
    private let first = ("0001_first.sql", "CREATE TABLE first (n int); INSERT INTO first VALUES (1)")
    private let second = ("0002_second.sql", "CREATE TABLE second (n int)")

    @Test func appliesEachFileOnceAndInOrder() async throws {
        try await withMigrations([first, second]) { pool, migrator, _ in
            let pending = try await migrator.pending(pool)
            #expect(pending == ["0001_first.sql", "0002_second.sql"])
            #expect(try await migrator.migrate(pool) == pending)
            #expect(try await migrator.migrate(pool) == [])
            #expect(try await pool.first("SELECT count(*) FROM first", as: Int.self) == 1)
        }
    }

    @Test func manyProcessesMayStartAtOnce() async throws {
        try await withMigrations([first, second]) { pool, migrator, _ in
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 { group.addTask { try await migrator.migrate(pool) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == ["0001_first.sql", "0002_second.sql"])
        }
    }

    @Test func failedFileLeavesNothingAndNamesItsLine() async throws {
        let broken = ("0002_broken.sql", "CREATE TABLE half (n int);\n\nSELECT * FROM nowhere;\n")
        try await withMigrations([first, broken]) { pool, migrator, _ in
            let error = await #expect(throws: PostgresError.self) { try await migrator.migrate(pool) }
            let pending = try await migrator.pending(pool)
            #expect(error?.isA(.undefinedTable) == true)
            #expect(error?.message.contains("0002_broken.sql") == true && error?.message.contains("line 3") == true)
            #expect(try await pool.first("SELECT to_regclass('half') IS NULL", as: Bool.self) == true)
            #expect(pending == ["0002_broken.sql"])
        }
    }

    @Test(arguments: [
        (["0001_first.sql": "-- changed"], "changed after"), (["0001_first.sql": nil], "does not know"),
        (["0003_late.sql": "SELECT 1", "0004_later.sql": nil], "does not know"),
        (["0001_twin.sql": "SELECT 1"], "same number"), (["notes.sql": ""], "not named like"),
        (["0000_early.sql": "SELECT 1"], "higher number"), (["0005_commit.sql": "COMMIT"], "ends the transaction"),
    ])
    func filesAndDatabaseThatDoNotFitAreAClearError(change: [String: String?], sentence: String) async throws {
        try await withMigrations([first, second, ("0004_later.sql", "SELECT 1")]) { pool, migrator, folder in
            try await migrator.migrate(pool)
            for (name, script) in change {
                let file = URL(filePath: folder).appending(path: name)
                if let script {
                    try script.write(to: file, atomically: true, encoding: .utf8)
                } else {
                    try FileManager.default.removeItem(at: file)
                }
            }
            let error = await #expect(throws: PostgresError.self) { try await migrator.migrate(pool) }
            #expect(error?.message.contains(sentence) == true)
            #expect(error?.kind == .migration)
        }
    }

    @Test func missingFolderIsAClearError() async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            let migrator = Migrator(directory: "/nonexistent", logger: .quiet)
            let error = await #expect(throws: PostgresError.self) { try await migrator.migrate(pool) }
            #expect(error?.kind == .migration)
        }
    }

    @Test func migrationsOfThePackageApply() async throws {
        try await withTestDatabase(migrated: true) { pool async throws in
            let migrator = Migrator(directory: TestServer.migrations, logger: .quiet)
            let pending = try await migrator.pending(pool)
            #expect(pending == [])
        }
    }

    private func withMigrations(
        _ files: [(String, String)],
        _ body: (PostgresPool, Migrator, String) async throws -> Void
    ) async throws {
        try await withTestDatabase(migrated: false) { pool async throws in
            try await withTemporaryFolder { folder in
                for (name, script) in files {
                    try script.write(to: URL(filePath: folder).appending(path: name), atomically: true, encoding: .utf8)
                }
                try await body(pool, Migrator(directory: folder, logger: .quiet), folder)
            }
        }
    }
}
