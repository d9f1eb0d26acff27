import Crypto
import Database
import Domain
import Foundation
import Jobs
import Logging
import MediaTasks
import ObjectStorage
import Postgres
import TestSupport
import Testing

@testable import Processing

/// A database and a store with a few videos, and a worker for what happens at the end of a video's life.
struct Place {
    let pool: PostgresPool
    let store: LocalObjectStore
    let folder: String
    let author: UserID

    var videos: Videos { Videos(pool: pool) }
    var queue: JobQueue { JobQueue(pool: pool) }
    var check: StorageCheck { StorageCheck(inventory: StorageInventory(pool), store: store) }

    /// What every source here consists of.
    static let source = Data("a source".utf8)

    /// A video whose source is stored and whose jobs wait.
    func upload() async throws -> VideoID {
        let id = try await videos.reserveID()
        try await put("sources/\(id)/source", Self.source)
        let video = NewVideo(
            id: id,
            authorID: author,
            title: "A title",
            sourceKey: "sources/\(id)/source",
            sourceBytes: Int64(Self.source.count),
            sourceSHA256: Array(SHA256.hash(data: Self.source))
        )
        try await pool.withTransaction { try await videos.create(video, in: $0) }
        return id
    }

    /// One that is complete, with the media of one attempt.
    func publish(_ id: VideoID, lease: Int = 5, isComplete: Bool = true) async throws {
        let paths = ["play.mp4", "cover.jpg", "hls/master.m3u8"]
        for path in paths { try await put("videos/\(id)/\(lease)/\(path)", Data(path.utf8)) }
        let package = MediaPackage(
            width: 360,
            height: 640,
            durationSeconds: 3,
            renditions: [],
            files: paths.map { .init(path: $0, sizeBytes: Int64($0.utf8.count)) }
        )
        let prefix = "videos/\(id)/\(lease)"
        try await pool.withTransaction {
            _ = try await videos.publish(id, prefix: prefix, package: package, isComplete: isComplete, in: $0)
        }
    }

    func put(_ key: String, _ bytes: Data = Data("bytes".utf8)) async throws {
        let path = "\(folder)/\(UUID().uuidString)"
        try bytes.write(to: URL(filePath: path))
        try await store.put(ObjectKey(key), movingFile: path)
    }

    /// Makes an object look as old as it would be if it had been forgotten.
    func age(_ key: String, hours: Double) throws {
        let date = Date().addingTimeInterval(-3600 * hours)
        let path = "\(store.root)/\(key)"
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    func keys(_ prefix: String = "") async throws -> [String] {
        var keys: [String] = []
        for area in ["chunks/", "profiles/", "sources/", "videos/"] where area.hasPrefix(prefix) || prefix.isEmpty {
            keys += try await store.list(prefix: area).map(\.key.rawValue)
        }
        return keys
    }

    /// What a worker's handlers share.
    func makeWorkshop(
        program: String,
        purging hook: PurgeHook? = nil,
        logger: Logger = .quiet
    ) throws -> VideoWorkshop {
        VideoWorkshop(
            videos: Videos(pool: pool, keepingReplacedMediaFor: .zero),
            parts: VideoParts(pool),
            store: store,
            program: MediaProgram(
                path: program,
                limits: TaskLimits(memoryBytes: 1 << 30, cpuSeconds: 10, fileBytes: 1 << 20),
                retryInterval: .milliseconds(20),
                logger: logger
            ),
            scratch: try ScratchFolder(below: "\(folder)/scratch"),
            pipelines: PipelineFolder(defaultPath: "none", folder: nil),
            purgeHook: hook,
            logger: logger
        )
    }

    /// Runs a worker until something is so.
    func work(
        _ slots: [String: Int] = ["upkeep": 1],
        program: String = "/bin/false",
        purging hook: PurgeHook? = nil,
        until isDone: () async throws -> Bool
    ) async throws {
        try await work(slots, in: try makeWorkshop(program: program, purging: hook), until: isDone)
    }

    func work(_ slots: [String: Int], in workshop: VideoWorkshop, until isDone: () async throws -> Bool) async throws {
        var configuration = JobRunnerConfiguration(slots: slots)
        configuration.tick = .milliseconds(50)
        configuration.poll = .milliseconds(100)
        configuration.mayClaim = { await workshop.canServe($0) }
        configuration.retryPolicy = RetryPolicy(firstDelay: .milliseconds(1), longestDelay: .milliseconds(1))
        let runner = JobRunner(pool: pool, handlers: workshop.handlers, configuration: configuration, logger: .quiet)
        let running = Task { try await runner.run() }
        defer { running.cancel() }
        try await eventually(within: .seconds(300), isDone)
        running.cancel()
        _ = await running.result
    }

    /// Whether every job of the upkeep has ended.
    func hasNoUpkeep() async throws -> Bool {
        try await pool.first(
            "SELECT NOT EXISTS (SELECT FROM jobs.job WHERE queue = 'upkeep' AND finished_at IS NULL)",
            as: Bool.self
        ) ?? false
    }
}

func withPlace(_ body: (Place) async throws -> Void) async throws {
    try await withTestDatabase { pool in
        try await withTemporaryFolder { folder in
            let author = try #require(try await Users(pool).create(Username("ada"), passwordHash: "hash"))
            let store = try LocalObjectStore(root: "\(folder)/objects")
            try await body(Place(pool: pool, store: store, folder: folder, author: author))
        }
    }
}
