import Database
import Domain
import Foundation
import Moderation
import NIOCore
import ObjectStorage
import Postgres
import TestSupport
import Testing

@testable import API

/// Several processes that maintain the same uploads, in a store whose full read takes longer than the lease.
@Suite struct FinishingLeaseTests {
    /// What a `serve` has of its own: connections, a store, and no hash of an upload that another one received.
    private struct Instance: Sendable {
        let pool: PostgresPool
        let store: ControlledStore
        let upkeep: UploadUpkeep

        init(_ configuration: PostgresConfiguration, _ local: LocalObjectStore, lease: Duration) throws {
            pool = PostgresPool(configuration, logger: .quiet)
            store = ControlledStore(local)
            store.holdReads()
            var api = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
            api.finishingLease = lease
            let services = APIServices(pool: pool, store: store, moderator: try Moderator(wordListPath: nil))
            let core = APIParts(services, configuration: api).uploads
            upkeep = UploadUpkeep(core: core, logger: .quiet, finishPatience: .zero)
        }

        /// Maintains without a pause.
        func run() async {
            while !Task.isCancelled {
                try? await upkeep.once()
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private static let id = "feedfacefeedfacefeedfacefeedface"

    /// An upload whose bytes are all here, received by a process that is gone.
    private func receive(_ pool: PostgresPool, _ local: LocalObjectStore) async throws {
        let uploads = Uploads(pool)
        let author = try #require(try await Users(pool).create(Username("ada"), passwordHash: "hash"))
        let video = try await Videos(pool: pool).reserveID()
        let count = Int64(Clip.bytes.count)
        let new = NewUpload(id: Self.id, authorID: author, kind: .whole, videoID: video, lengthBytes: count)
        try await uploads.create(new, quota: UploadQuota())
        let claimed = try #require(try await uploads.claim(Self.id, isWriting: true))
        let place = UploadPlace(
            id: Self.id,
            key: try ObjectKey("sources/\(video)/source"),
            maxBytes: count,
            takeovers: 0,
            offset: 0,
            state: nil
        )
        let sink = ControlledStore(local).uploadSink(spoolFolder: "\(local.root)/spool")
        let writer = try await sink.resume(place, hash: nil)
        try await writer.write(ByteBuffer(bytes: Clip.bytes))
        let mark = try await writer.flush(isLast: true)
        await writer.close()
        let (offset, state, number) = (mark.offset, mark.state, claimed.writer)
        #expect(
            try await uploads.acknowledge(Self.id, writer: number, offset: offset, head: nil, placement: state)
        )
        #expect(try await uploads.release(Self.id, writer: number, isReceived: true))
    }

    private func withInstances(
        lease: Duration,
        _ test: @Sendable (PostgresPool, [Instance]) async throws -> Void
    ) async throws {
        try await withTestDatabase { pool in
            try await withTemporaryFolder { folder in
                let local = try LocalObjectStore(root: folder)
                try await receive(pool, local)
                let instances = try (0..<3).map { _ in try Instance(pool.configuration, local, lease: lease) }
                let running = instances.map { instance in Task { await instance.run() } }
                let result: Result<Void, any Error>
                do { result = .success(try await test(pool, instances)) } catch { result = .failure(error) }
                for task in running { task.cancel() }
                for instance in instances { instance.store.releaseReads() }
                for task in running { await task.value }
                for instance in instances { await instance.pool.close() }
                try result.get()
            }
        }
    }

    private func finished(_ pool: PostgresPool) async throws -> Bool {
        try await Uploads(pool).find(Self.id)?.state == .finished
    }

    @Test func oneReadIsEnoughWhileItsProcessLives() async throws {
        try await withInstances(lease: .seconds(6)) { pool, instances in
            try await eventually { instances.contains { $0.store.readCount == 1 } }
            let until = try await pool.first("SELECT finishing_until::text FROM uploads", as: String.self)
            let first = try #require(until)
            // Two leases later than the end of the first.
            try await eventually {
                try await pool.first(
                    "SELECT clock_timestamp() > \(first)::timestamptz + interval '6 s' FROM uploads",
                    as: Bool.self
                ) == true
            }
            let row = try await pool.first(
                "SELECT takeovers::bigint, finish_attempts::bigint FROM uploads",
                as: (Int, Int).self
            )
            #expect(row?.0 == 0 && row?.1 == 1)
            for instance in instances { instance.store.releaseReads() }
            try await eventually { try await finished(pool) }
            #expect(instances.map(\.store.readCount).reduce(0, +) == 1)
            #expect(try await pool.first("SELECT count(*) FROM videos", as: Int.self) == 1)
        }
    }

    /// Nothing of a killed process reaches the database any more, and what it was reading goes on in the air.
    @Test func anotherProcessTakesOverFromOneThatIsKilled() async throws {
        try await withInstances(lease: .seconds(1)) { pool, instances in
            try await eventually { instances.contains { $0.store.readCount == 1 } }
            let dead = try #require(instances.first { $0.store.readCount == 1 })
            let others = instances.filter { $0.store !== dead.store }
            await dead.pool.close()
            try await eventually { others.contains { $0.store.readCount == 1 } }
            for instance in others { instance.store.releaseReads() }
            try await eventually { try await finished(pool) }
            dead.store.releaseReads()
            let takeovers = try await pool.first("SELECT takeovers::bigint FROM uploads", as: Int.self) ?? 0
            #expect(takeovers >= 1)
            #expect(try await pool.first("SELECT count(*) FROM videos", as: Int.self) == 1)
            let key = try ObjectKey("sources/\(try #require(try await Uploads(pool).find(Self.id)?.videoID))/source")
            #expect(try await dead.store.store.head(key)?.sizeBytes == Int64(Clip.bytes.count))
        }
    }
}
