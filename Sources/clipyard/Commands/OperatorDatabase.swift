import Bootstrap
import Foundation
import Postgres

/// Runs `body` with the configured database, or else with that of the `clipyard up` that runs in the home.
func withDatabase(_ body: (PostgresPool) async throws -> Void) async throws {
    var settings = try await Settings(environment: ProcessInfo.processInfo.environment)
    settings.databaseURL = settings.databaseURL ?? runningDatabase(in: Home(settings.home))
    let pool = try settings.makePool(
        applicationName: "clipyard operator",
        logger: Log.make("operator", level: settings.logLevel)
    )
    do {
        try await body(pool)
    } catch {
        await pool.close()
        throw error
    }
    await pool.close()
}

private func runningDatabase(in home: Home) -> Secret? {
    let logger = Log.make("operator", level: .error)
    guard let cluster = try? PrivateCluster(directory: home.postgres, logger: logger),
        FileManager.default.fileExists(atPath: "\(cluster.directory)/data/postmaster.pid")
    else { return nil }
    return Secret(cluster.conninfo(database: "clipyard"))
}
