import Domain
import Foundation
import Postgres
import TestSupport

/// A database that `bench/data.sql` has filled.
struct BusyPlace: Sendable {
    /// How many there are of each; ids begin at 1.
    struct Scale: Sendable {
        var videos: Int64
        var users: Int64
        var likes: Int64

        static let small = Scale(videos: 1000, users: 100, likes: 10_000)
        /// Of a table with fewer rows the planner reads all rather than thirty by an index.
        static let large = Scale(videos: 20_000, users: 20_000, likes: 200_000)
    }

    let scale: Scale
    let conninfo: String
    /// For what is not watched.
    let setup: PostgresPool

    init(scale: Scale, conninfo: String) {
        self.scale = scale
        self.conninfo = conninfo
        setup = Self.pool(conninfo, named: "setup")
    }

    var user: UserID { UserID(rawValue: .random(in: 1...scale.users)) }
    var video: VideoID { VideoID(rawValue: .random(in: 1...scale.videos)) }
    /// A time within the year that videos were published in.
    var milliseconds: Int64 { Int64((Date().timeIntervalSince1970 - .random(in: 0...31_536_000)) * 1000) }
    /// The one that everybody likes, and that has the most comments.
    var hotVideo: VideoID { VideoID(rawValue: 1) }

    /// Makes and fills a database.
    static func make(_ scale: Scale, in cluster: PrivateCluster) async throws -> BusyPlace {
        let name = "place_\(scale.videos)"
        try await cluster.createDatabaseIfMissing(name)
        let place = BusyPlace(scale: scale, conninfo: cluster.conninfo(database: name))
        try await Migrator(directory: TestServer.migrations, logger: .quiet).migrate(place.setup)
        try place.fill()
        return place
    }

    /// - Parameters:
    ///   - name: what the server's log calls its one connection.
    ///   - settings: of the server for this connection.
    func pool(named name: String, settings: [String: String]) -> PostgresPool {
        Self.pool(conninfo, named: name, settings: settings)
    }

    private static func pool(_ conninfo: String, named name: String, settings: [String: String] = [:]) -> PostgresPool {
        let options = settings.map { "-c \($0)=\($1)" }.joined(separator: " ")
        var configuration = PostgresConfiguration(
            conninfo: conninfo + (settings.isEmpty ? "" : " options='\(options)'")
        )
        configuration.applicationName = name
        configuration.maxConnections = 1
        return PostgresPool(configuration, logger: .quiet)
    }

    private func fill() throws {
        let psql = Process()
        psql.executableURL = URL(filePath: "/usr/bin/env")
        let script = URL(filePath: #filePath).appending(path: "../../../bench/data.sql").standardizedFileURL.path
        let variables = ["videos=\(scale.videos)", "users=\(scale.users)", "likes=\(scale.likes)"]
        psql.arguments = ["psql", conninfo, "-X", "-f", script] + variables.flatMap { ["-v", $0] }
        try psql.run()
        psql.waitUntilExit()
        guard psql.terminationStatus == 0 else { throw NotFilled() }
    }

    /// The reason stands in psql's words before it.
    struct NotFilled: Error {}
}
