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

        /// Of a table with fewer rows the planner reads all rather than thirty by an index.
        static let large = requested ?? Scale(videos: 50_000, users: 20_000, likes: 200_000)

        /// As many for each user and each video as in the large one.
        static let small = Scale(
            videos: 1000,
            users: large.users * 1000 / large.videos,
            likes: large.likes * 1000 / large.videos
        )

        /// What bench/plans.sh asks for: `CLIPYARD_TEST_SCALE=VIDEOS,USERS,LIKES`.
        private static let requested: Scale? = {
            let numbers = ProcessInfo.processInfo.environment["CLIPYARD_TEST_SCALE"]?
                .split(separator: ",").compactMap { Int64($0) }
            guard let numbers, numbers.count == 3 else { return nil }
            return Scale(videos: numbers[0], users: numbers[1], likes: numbers[2])
        }()

        /// A cluster that holds the large one in memory, as a server of that size would.
        static let clusterSettings = LoggedPlan.clusterSettings.merging(
            requested == nil ? [:] : ["shared_buffers": "3GB", "max_wal_size": "8GB"]
        ) { $1 }
    }

    let scale: Scale
    let conninfo: String
    let dice = Dice(seed: Random.seed())
    /// For what is not watched.
    let setup: PostgresPool

    init(scale: Scale, conninfo: String) {
        self.scale = scale
        self.conninfo = conninfo
        setup = Self.pool(conninfo, named: "setup")
    }

    var user: UserID { UserID(rawValue: dice.roll(1...scale.users)) }
    var video: VideoID { VideoID(rawValue: dice.roll(1...scale.videos)) }
    /// A time within the year that videos were published in.
    var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) - dice.roll(0...31_536_000_000) }
    /// The one that everybody likes, and that has the most comments.
    var hotVideo: VideoID { VideoID(rawValue: 1) }
    /// The one whom everybody follows.
    var hotUser: UserID { UserID(rawValue: 1) }

    /// Makes and fills a database.
    static func make(_ scale: Scale, in cluster: PrivateCluster) async throws -> BusyPlace {
        let name = "place_\(scale.videos)"
        try await cluster.createDatabaseIfMissing(name)
        let place = BusyPlace(scale: scale, conninfo: cluster.conninfo(database: name))
        try await Migrator(directory: TestServer.migrations, logger: .quiet).migrate(place.setup)
        try place.fill()
        return place
    }

    /// A pool of one connection, which the server's log calls by this name, with settings of the server for it.
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
