import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// The API and a worker behind PgBouncer 1.18 in transaction mode, from the migration to a like.
@Suite(.serialized) struct PgBouncerTests {
    /// Seconds: unheard changes are looked for every 1.5, and every 30 by who thinks that it hears.
    private static let patience = 10.0

    @Test(.timeLimit(.minutes(10)), arguments: [false, true])
    func uploadIsPlayedAndLiked(listensDirectly: Bool) async throws {
        try await withTestCluster { cluster in
            try await cluster.createDatabaseIfMissing("clipyard")
            let folder = try TemporaryFolder()
            let pooler = try await RunningPgBouncer(before: cluster, database: "clipyard", in: folder.path)
            defer { pooler.stop() }
            let place = try Place(
                folder: folder.path,
                database: pooler.conninfo,
                listen: listensDirectly ? cluster.conninfo(database: "clipyard") : nil
            )
            try place.migrate()
            let programs = [try place.start("serve"), try place.start("worker")]
            defer { for program in programs { _ = program.stop() } }
            try await place.waitUntilReady()
            try await use(place.api)
            for program in programs {
                guard !listensDirectly else {
                    #expect(!program.said.contains("notifications do not arrive"), "\(program.said)")
                    continue
                }
                _ = try await eventually(within: 30, "it is said that nothing is heard") {
                    program.said.contains("notifications do not arrive") ? true : nil
                }
            }
        }
    }

    private func use(_ api: Douyin) async throws {
        let ada = try api.register("ada")
        _ = try api.publish(try Clips.short(), title: "Pooled", token: ada.token)
        let video = try await api.completed(of: ada.id, token: ada.token)
        #expect(video.status == "ready", "\(video.status_reason ?? "")")
        _ = try await eventually(within: Self.patience, "the video is in the feed") {
            try api.feed().contains { $0.id == video.id } ? true : nil
        }
        #expect(try HTTPAnswer(video.play_url, ["-o", "/dev/null"]).status == 200)
        let like = "video_id=\(video.id)&action_type=1&token=\(ada.token)"
        #expect(try HTTPAnswer("\(api.address)/douyin/favorite/action/?\(like)", ["-X", "POST"]).code == 0)
        _ = try await eventually(within: Self.patience, "the feed counts the like") {
            let feed = try HTTPAnswer("\(api.address)/douyin/feed/?token=\(ada.token)").list("video_list")
            return feed.first?["favorite_count"] as? Int == 1 ? true : nil
        }
    }
}

/// A folder, and the settings of the programs that work in it.
private struct Place {
    let folder: String
    let api: Douyin
    private let workerPort: Int
    private let environment: [String: String]

    init(folder: String, database: String, listen: String?) throws {
        self.folder = folder
        let port = try FreePort.next()
        workerPort = try FreePort.next()
        api = Douyin(address: "http://127.0.0.1:\(port)")
        var environment = [
            "CLIPYARD_HOME": folder + "/home", "CLIPYARD_PORT": "\(port)", "CLIPYARD_DATABASE_URL": database,
            "CLIPYARD_TOKEN_SECRET": String(repeating: "s", count: 32),
            "CLIPYARD_WORKER_ADDRESS": "127.0.0.1:\(workerPort)",
        ]
        environment["CLIPYARD_LISTEN_URL"] = listen
        self.environment = environment
    }

    func start(_ command: String) throws -> RunningProgram {
        try RunningProgram([command], log: "\(folder)/\(command).log", environment)
    }

    func migrate() throws {
        let migration = try start("migrate")
        try #require(migration.wait() == 0, "\(migration.said)")
    }

    func waitUntilReady() async throws {
        for address in [api.address, "http://127.0.0.1:\(workerPort)"] {
            _ = try await eventually(within: 60, "\(address) is ready") {
                try HTTPAnswer.status(of: address + "/readyz") == 200 ? true : nil
            }
        }
    }
}
