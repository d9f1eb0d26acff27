import Foundation
import Logging
import TestSupport
import Testing

@testable import Postgres

@Suite struct PrivateClusterTests {
    @Test func restartContinuesWithTheData() async throws {
        try await withTestCluster { cluster in
            try await cluster.createDatabaseIfMissing("app")
            try await cluster.createDatabaseIfMissing("app")
            try await run("CREATE TABLE t AS SELECT 42 AS n", on: cluster)
            try await cluster.stop()
            try await cluster.stop()
            try await cluster.start(settings: TestServer.fastSettings)
            #expect(try await first("SELECT n FROM t", on: cluster) == 42)
        }
    }

    /// As after a kill -9 of the process that started it.
    @Test func runningServerIsFoundByTheNextProcess() async throws {
        try await withTestCluster { cluster in
            let before = try postmaster(cluster)
            let again = try PrivateCluster(directory: cluster.directory, logger: .quiet)
            try await again.start(settings: TestServer.fastSettings)
            #expect(try postmaster(again) == before)
        }
    }

    @Test func halfMadeClusterOfAKilledStartIsHealed() async throws {
        try await withClusterFolder { folder in
            let partial = URL(filePath: folder).appending(path: "data.partial/base")
            try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: true)
            try "junk".write(to: partial.appending(path: "1"), atomically: true, encoding: .utf8)
            let cluster = try PrivateCluster(directory: folder, logger: .quiet)
            try await cluster.start(settings: TestServer.fastSettings)
            #expect(!FileManager.default.fileExists(atPath: folder + "/data.partial"))
            #expect(try await first("SELECT 1", on: cluster, database: "postgres") == 1)
            try await cluster.stop()
        }
    }

    /// The number in the file of a killed server may belong to anything after a restart.
    @Test func fileOfADeadServerIsNoObstacle() async throws {
        try await withTestCluster { cluster in
            try await cluster.stop()
            let file = URL(filePath: cluster.directory).appending(path: "data/postmaster.pid")
            try "\(getpid())\n\(cluster.directory)/data\n0\n5432\n\n\n  0  0\n".write(
                to: file,
                atomically: true,
                encoding: .utf8
            )
            try await cluster.start(settings: TestServer.fastSettings)
            #expect(try await first("SELECT 1", on: cluster, database: "postgres") == 1)
        }
    }

    @Test func manyStartsAtOnceMakeOneServer() async throws {
        try await withClusterFolder { folder in
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await PrivateCluster(directory: folder, logger: .quiet).start(
                            settings: TestServer.fastSettings
                        )
                    }
                }
                try await group.waitForAll()
            }
            try await PrivateCluster(directory: folder, logger: .quiet).stop()
        }
    }

    @Test func serverRunsUnprivilegedAndInASessionOfItsOwn() async throws {
        try await withTestCluster { cluster in
            let process = try postmaster(cluster)
            var info = stat()
            #expect(stat("/proc/\(process)", &info) == 0)
            #expect(info.st_uid != 0 && info.st_uid == cluster.user.uid)
            #expect(getsid(process) == process)
            #expect(stat(cluster.socketDirectory, &info) == 0 && info.st_mode & 0o777 == 0o700)
            #expect(try await text("SHOW listen_addresses", on: cluster) == "")
        }
    }

    @Test func longPathGetsAShortFolderForItsSocket() async throws {
        try await withClusterFolder { folder in
            let deep = folder + "/" + String(repeating: "long", count: 25)
            let cluster = try PrivateCluster(directory: deep, logger: .quiet)
            #expect(cluster.socketDirectory.utf8.count < 80)
            try await cluster.start(settings: TestServer.fastSettings)
            #expect(try await first("SELECT 1", on: cluster, database: "postgres") == 1)
            try await cluster.stop()
            try FileManager.default.removeItem(atPath: cluster.socketDirectory)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root runs a server as somebody else"))
    func folderThatTheServersUserCannotEnterIsReplaced() throws {
        let cluster = try PrivateCluster(directory: "/root/clipyard-test/postgres", logger: .quiet)
        #expect(cluster.directory.hasPrefix("/var/lib/clipyard/"))
        let again = try PrivateCluster(directory: "/root/clipyard-test/postgres", logger: .quiet)
        #expect(again.directory == cluster.directory)
        let other = try PrivateCluster(directory: "/root/other/postgres", logger: .quiet)
        #expect(other.directory != cluster.directory)
    }

    @Test func folderThatCannotBeMadeIsOneSentence() async throws {
        let cluster = try PrivateCluster(directory: "/proc/clipyard", logger: .quiet)
        let error = await #expect(throws: PostgresError.self) { try await cluster.start() }
        #expect(error?.kind == .cluster && error?.message.contains("/proc/clipyard") == true)
    }

    @Test func missingServerNamesWhatInstallsIt() throws {
        let nowhere = ServerBinaries.Places(versions: "/nonexistent", path: "/nonexistent")
        let error = #expect(throws: PostgresError.self) { try ServerBinaries.find(version: nil, in: nowhere) }
        #expect(error?.message.contains("`make setup`") == true)
        let old = #expect(throws: PostgresError.self) { try ServerBinaries.find(version: 9) }
        #expect(old?.message.contains("postgresql-9") == true)
    }

    @Test(arguments: ["No space left on device", "Read-only file system"])
    func problemOfTheDiskIsOneSentence(words: String) {
        let output = "creating directory x ... ok\ninitdb: error: could not write to file \"x/base\": \(words)\nmore\n"
        let error = ServerProblem(output: output, directory: "/data").error(doing: "make")
        #expect(error.message.contains("the disk of /data") && !error.message.contains("\n"))
    }

    private func postmaster(_ cluster: PrivateCluster) throws -> Int32 {
        let text = try String(contentsOfFile: cluster.dataDirectory + "/postmaster.pid", encoding: .utf8)
        return try #require(Int32(text.split(separator: "\n")[0]))
    }

    private func run(_ sql: SQL, on cluster: PrivateCluster) async throws {
        let pool = PostgresPool(PostgresConfiguration(conninfo: cluster.conninfo(database: "app")), logger: .quiet)
        try await pool.execute(sql)
        await pool.close()
    }

    private func first(_ sql: SQL, on cluster: PrivateCluster, database: String = "app") async throws -> Int? {
        let pool = PostgresPool(PostgresConfiguration(conninfo: cluster.conninfo(database: database)), logger: .quiet)
        let value = try await pool.first(sql, as: Int.self)
        await pool.close()
        return value
    }

    private func text(_ sql: SQL, on cluster: PrivateCluster) async throws -> String? {
        let pool = PostgresPool(PostgresConfiguration(conninfo: cluster.conninfo(database: "postgres")), logger: .quiet)
        let value = try await pool.first(sql, as: String.self)
        await pool.close()
        return value
    }

    private func withClusterFolder(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/cluster"
            do {
                try await body(path)
            } catch {
                try? await PrivateCluster(directory: path, logger: .quiet).stop()
                throw error
            }
        }
    }
}
