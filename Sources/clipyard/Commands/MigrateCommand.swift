import ArgumentParser
import Bootstrap
import Foundation
import Logging
import Postgres

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database to this version's schema."
    )

    func run() async throws {
        let settings = try await Settings(environment: ProcessInfo.processInfo.environment)
        let logger = Log.make("migrate", level: settings.logLevel)
        let applied = try await Schema.migrate(databaseURL: settings.requireDatabaseURL().revealed, logger: logger)
        print(applied.isEmpty ? "The database is up to date." : "Applied: \(applied.joined(separator: ", "))")
    }
}

/// The database's schema: the files of `sql/`.
enum Schema {
    /// Applies what is missing and returns the names of what was applied.
    @discardableResult
    static func migrate(databaseURL: String, logger: Logger) async throws -> [String] {
        guard let folder = ResourceFolder.find("sql") else {
            throw UpError("sql/ was not found. Start clipyard from its checkout.")
        }
        let pool = PostgresPool(PostgresConfiguration(conninfo: databaseURL), logger: logger)
        do {
            let applied = try await Migrator(directory: folder, logger: logger).migrate(pool)
            await pool.close()
            return applied
        } catch {
            await pool.close()
            throw error
        }
    }
}
