import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// A worker says whether it can work, and why not.
@Suite(.serialized) struct WorkerReadinessTests {
    @Test(.timeLimit(.minutes(5))) func workerWithoutADatabaseSaysSoAndIsNotReadyUntilItIsThere() async throws {
        try await withTestCluster { cluster in
            try await cluster.createDatabaseIfMissing("clipyard")
            let folder = try TemporaryFolder()
            let port = try FreePort.next()
            let environment = [
                "CLIPYARD_HOME": folder.path + "/home", "CLIPYARD_WORKER_ADDRESS": "127.0.0.1:\(port)",
                "CLIPYARD_DATABASE_URL": cluster.conninfo(database: "clipyard"),
            ]
            let migration = try RunningProgram(["migrate"], log: folder.path + "/migrate.log", environment)
            try #require(migration.wait() == 0, "\(migration.said)")
            try await cluster.stop()
            let worker = try RunningProgram(["worker"], log: folder.path + "/worker.log", environment)
            defer { _ = worker.stop() }
            let address = "http://127.0.0.1:\(port)"
            _ = try await eventually(within: 30, "the worker lives and is not ready") {
                let codes = try ["/healthz", "/readyz"].map { try HTTPAnswer.status(of: address + $0) }
                return codes == [200, 503] ? true : nil
            }
            _ = try await eventually(within: 10, "the worker says why") {
                worker.said.contains("warning") && worker.said.contains("PostgreSQL") ? true : nil
            }
            // Several loops meet the same trouble, and say it once.
            let lines = worker.said.split(separator: "\n").filter { $0.contains("PostgreSQL") }
            #expect(lines.count == 1, "\(worker.said)")
            try await cluster.start(settings: TestServer.fastSettings)
            _ = try await eventually(within: 60, "the worker is ready") {
                try HTTPAnswer.status(of: address + "/readyz") == 200 ? true : nil
            }
        }
    }
}
