import Foundation
import Logging
public import Postgres

/// The PostgreSQL server of one test process, made when the first test asks for it.
public actor TestServer {
    public static let shared = TestServer()

    private var starting: Task<PrivateCluster, any Error>?
    private var making: Task<String, any Error>?
    private var lastNumber = 0
    /// The other ends are the standard inputs of watchdogs.
    private var watchdogInputs: [FileHandle] = []

    /// Durability costs time, and a test's data need not survive a power cut.
    public static let fastSettings = [
        "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "1000",
        "shared_buffers": "64MB", "autovacuum_naptime": "5s",
    ]

    /// The folder of migrations of this package.
    public static var migrations: String {
        URL(filePath: #filePath).appending(path: "../../../sql").standardizedFileURL.path
    }

    /// The running server.
    public func cluster() async throws -> PrivateCluster {
        if let starting { return try await starting.value }
        let task = Task { try await startServer() }
        starting = task
        return try await task.value
    }

    /// Creates a database that nobody else uses, a copy of one that has all migrations.
    public func createDatabase(migrated: Bool) async throws -> String {
        let cluster = try await cluster()
        let template = migrated ? try await migratedTemplate() : "template1"
        lastNumber += 1
        let name = "test_\(lastNumber)"
        let admin = try await adminPool(cluster)
        try await admin.execute("CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: template)")
        await admin.close()
        return name
    }

    public func dropDatabase(_ name: String) async throws {
        let admin = try await adminPool(cluster())
        try await admin.execute("DROP DATABASE \(identifier: name) WITH (FORCE)")
        await admin.close()
    }

    /// Migrating once and copying is cheaper than migrating each time.
    private func migratedTemplate() async throws -> String {
        if let making { return try await making.value }
        let cluster = try await cluster()
        let task = Task {
            try await cluster.createDatabaseIfMissing("migrated")
            let configuration = PostgresConfiguration(conninfo: cluster.conninfo(database: "migrated"))
            let pool = PostgresPool(configuration, logger: .quiet)
            try await Migrator(directory: Self.migrations, logger: .quiet).migrate(pool)
            await pool.close()
            return "migrated"
        }
        making = task
        return try await task.value
    }

    private func adminPool(_ cluster: PrivateCluster) async throws -> PostgresPool {
        PostgresPool(PostgresConfiguration(conninfo: cluster.conninfo(database: "postgres")), logger: .quiet)
    }

    private func startServer() async throws -> PrivateCluster {
        let cluster = try PrivateCluster(directory: Self.newFolder(), logger: .quiet)
        try await cluster.start(settings: Self.fastSettings)
        try watch(cluster)
        return cluster
    }

    static func newFolder() -> String {
        let name = "clipyard-test-\(UUID().uuidString.prefix(8))"
        return FileManager.default.temporaryDirectory.appending(path: name).path
    }

    /// A process that outlives this one, however it ends, and takes the server away.
    ///
    /// It waits for the end of its standard input, which comes when this process is
    /// gone: after a crash and after `kill -9` as well.
    func watch(_ cluster: PrivateCluster) throws {
        let script = """
            trap '' INT TERM HUP
            cat >/dev/null
            if server=$(head -n 1 "$1/data/postmaster.pid"); then
                kill -QUIT "$server"
                while kill -0 "$server" 2>/dev/null; do sleep 0.05; done
            fi
            rm -rf "$1"
            """
        let pipe = Pipe()
        let watchdog = Process()
        watchdog.executableURL = URL(filePath: "/usr/bin/setsid")
        watchdog.arguments = ["/bin/sh", "-c", script, "watchdog", cluster.directory]
        watchdog.standardInput = pipe
        watchdog.standardOutput = FileHandle.nullDevice
        watchdog.standardError = FileHandle.nullDevice
        // No child, of which the watchdog is one, must keep the other end open.
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        watchdogInputs.append(pipe.fileHandleForWriting)
        try watchdog.run()
    }
}
