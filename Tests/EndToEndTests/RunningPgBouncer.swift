import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Debian's PgBouncer in transaction mode, before a server of a test.
final class RunningPgBouncer {
    /// What libpq connects to.
    let conninfo: String
    private let process = Process()

    /// Starts it in `folder`, as the user that the server runs as, since it refuses to be root.
    init(before cluster: PrivateCluster, database: String, in folder: String) async throws {
        let socketFolder = folder + "/pool"
        conninfo = "host='\(socketFolder)' port=6432 user=app dbname=\(database)"
        try FileManager.default.createDirectory(atPath: socketFolder, withIntermediateDirectories: false)
        let attributes = try FileManager.default.attributesOfItem(atPath: cluster.directory)
        let user = try #require(attributes[.ownerAccountID] as? Int)
        let group = try #require(attributes[.groupOwnerAccountID] as? Int)
        for path in [folder, socketFolder] {
            try FileManager.default.setAttributes(
                [.ownerAccountID: user, .groupOwnerAccountID: group],
                ofItemAtPath: path
            )
        }
        let settings = """
            [databases]
            \(database) = \(cluster.conninfo(database: database).replacing("'", with: ""))
            [pgbouncer]
            unix_socket_dir = \(socketFolder)
            listen_addr =
            listen_port = 6432
            auth_type = any
            pool_mode = transaction
            default_pool_size = 6
            """
        let file = folder + "/pgbouncer.ini"
        try settings.write(toFile: file, atomically: false, encoding: .utf8)
        process.executableURL = URL(filePath: "/usr/bin/env")
        let asUser = ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups"]
        process.arguments = (geteuid() == 0 ? asUser : []) + ["/usr/sbin/pgbouncer", file]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        _ = try await eventually(within: 30, "PgBouncer listens") {
            if !process.isRunning { throw RunningClipyard.EndedEarly(said: "pgbouncer") }
            return FileManager.default.fileExists(atPath: socketFolder + "/.s.PGSQL.6432") ? true : nil
        }
    }

    /// Ends it at once: SIGTERM is blocked in what a test starts from a thread that blocks it.
    func stop() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
