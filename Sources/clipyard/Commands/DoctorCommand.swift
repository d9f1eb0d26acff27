import ArgumentParser
import Bootstrap
import Foundation
import ObjectStorage
import Postgres

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what Clipyard needs on this machine, and say how to mend what is missing."
    )

    func run() async throws {
        let settings = try await Settings(environment: ProcessInfo.processInfo.environment)
        let checks: [(String, () async throws -> Void)] = [
            ("programs", { _ = try Executables() }),
            ("home \(settings.home)", { try Home(settings.home).prepare() }),
            ("pipelines", { _ = try settings.findPipelines() }),
            ("sandbox", { try await settings.requireSandbox(Log.make("doctor", level: .warning)) }),
            ("storage \(settings.storage.location)", { try await settings.openStore().checkAccess() }),
            ("database", { try await checkDatabase(settings) }),
        ]
        var failures = 0
        for (name, check) in checks {
            do {
                try await check()
                print("ok    \(name)")
            } catch {
                failures += 1
                print("FAIL  \(name): \(error)")
            }
        }
        if failures > 0 { throw ExitCode.failure }
    }

    private func checkDatabase(_ settings: Settings) async throws {
        guard settings.databaseURL != nil else {
            _ = try PrivateCluster(directory: Home(settings.home).postgres, logger: Log.make("doctor", level: .error))
            return
        }
        let pool = try settings.makePool(applicationName: "clipyard doctor", logger: Log.make("doctor", level: .error))
        defer { Task { await pool.close() } }
        _ = try await pool.query("SELECT 1")
    }
}
