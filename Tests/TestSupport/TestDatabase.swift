import Foundation
public import Logging
public import Postgres

/// Runs a test with a database of its own on a real server.
///
/// The database has the schema of `sql/`, or nothing if it is not `migrated`. The
/// pool's `configuration` serves to open listeners and further pools.
public func withTestDatabase<R: Sendable>(
    migrated: Bool = true,
    maxConnections: Int = 8,
    _ body: (PostgresPool) async throws -> R
) async throws -> R {
    let server = TestServer.shared
    let name = try await server.createDatabase(migrated: migrated)
    var configuration = PostgresConfiguration(conninfo: try await server.cluster().conninfo(database: name))
    configuration.maxConnections = maxConnections
    // Two busy cores may run many tests at a time.
    configuration.acquireTimeout = .seconds(30)
    // Tests hold locks while they look at others.
    configuration.idleInTransactionTimeout = .seconds(60)
    let pool = PostgresPool(configuration, logger: .quiet)
    do {
        let result = try await body(pool)
        await pool.close()
        try await server.dropDatabase(name)
        return result
    } catch {
        await pool.close()
        try? await server.dropDatabase(name)
        throw error
    }
}

/// Runs a test with a whole server of its own, which it may stop and start.
public func withTestCluster<R>(
    settings: [String: String] = [:],
    _ body: (PrivateCluster) async throws -> R
) async throws -> R {
    let cluster = try PrivateCluster(directory: TestServer.newFolder(), logger: .quiet)
    try await TestServer.shared.watch(cluster)
    do {
        try await cluster.start(settings: TestServer.fastSettings.merging(settings) { $1 })
        let result = try await body(cluster)
        try await cluster.stop()
        try FileManager.default.removeItem(atPath: cluster.directory)
        return result
    } catch {
        try? await cluster.stop()
        try? FileManager.default.removeItem(atPath: cluster.directory)
        throw error
    }
}

/// Runs a test with an empty folder, which is removed afterwards.
public func withTemporaryFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "clipyard-test-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

extension Logger {
    /// Says nothing.
    public static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}
