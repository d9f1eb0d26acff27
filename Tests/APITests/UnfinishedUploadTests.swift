import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import Moderation
import NIOCore
import ObjectStorage
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import API

/// Uploads of which everything has come, and whose end fails: nothing of them is lost.
@Suite struct UnfinishedUploadTests {
    private func upkeep(_ api: TestAPI, store: (any ObjectStore)? = nil) throws -> UploadUpkeep {
        let moderator = try Moderator(wordListPath: nil)
        let services = APIServices(pool: api.pool, store: store ?? api.store, moderator: moderator)
        let configuration = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
        return UploadUpkeep(
            core: APIParts(services, configuration: configuration).uploads,
            logger: .quiet,
            finishPatience: .zero
        )
    }

    /// Maintenance, whose pauses are over.
    private func maintain(_ api: TestAPI, store: (any ObjectStore)? = nil) async throws {
        try await api.pool.execute("UPDATE uploads SET finish_after = '-infinity'")
        try await upkeep(api, store: store).once()
    }

    private func titles(_ api: TestAPI, _ token: String) async throws -> [String] {
        try await api.get("/douyin/publish/list/?token=\(token)").videos.compactMap { $0["title"] as? String }
    }

    private func states(_ api: TestAPI) async throws -> [String] {
        try await api.pool.query("SELECT state FROM uploads ORDER BY created_at", as: String.self)
    }

    @Test func aFormThatCannotBeRecordedIsFinishedByMaintenance() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            try await api.refuseVideos()
            let answer = try await api.publish(title: "Kept", token: ada.token)
            #expect(answer.code == 50303 && answer.message.contains("is kept"))
            for secret in ["videos", "relation", "SQL", "INSERT"] { #expect(!answer.message.contains(secret)) }
            #expect(try await states(api) == ["received"])
            try await api.admitVideos()
            try await maintain(api)
            #expect(try await titles(api, ada.token) == ["Kept"])
            // The client tries again all the same.
            #expect(try await api.publish(title: "Kept", token: ada.token).message.contains("before"))
            #expect(api.files.count == 1)
        }
    }

    /// The client is faster than maintenance, which then makes no second video, however late it comes.
    @Test func aFormThatIsSentAgainBeforeMaintenanceIsOneVideo() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            try await api.refuseVideos()
            #expect(try await api.publish(title: "Kept", token: ada.token).code == 50303)
            try await api.admitVideos()
            #expect(try await api.publish(title: "Kept", token: ada.token).message == "success")
            let shift = "SET created_at = created_at - interval '3 hours'"
            for table in ["uploads", "videos"] { try await api.pool.execute(SQL(verbatim: "UPDATE \(table) \(shift)")) }
            try await maintain(api)
            #expect(try await states(api) == ["finished", "finished"])
            #expect(try await titles(api, ada.token) == ["Kept"])
            #expect(api.files.count == 1)
        }
    }

    /// The store takes the last byte and is away then.
    @Test func aFormWhoseStoreGoesAwayIsFinishedByMaintenance() async throws {
        let stores = Stores()
        try await withAPI(wrapping: { stores.make($0) }) { (api) async throws in
            let (ada, store) = (try await api.register("ada"), try stores.only)
            for statement in Self.heldFinish { try await api.pool.execute(statement) }
            let publishing = try await api.pool.withTransaction { transaction in
                try await transaction.execute("SELECT pg_advisory_xact_lock(4711)::text")
                let publishing = Task { try await api.publish(title: "Kept", token: ada.token).code }
                try await eventually { try await states(api) == ["received"] }
                store.isAway = true
                return publishing
            }
            #expect(try await publishing.value == 50303)
            try await maintain(api, store: store)
            #expect(try await states(api) == ["received"])
            store.isAway = false
            try await maintain(api, store: store)
            #expect(try await titles(api, ada.token) == ["Kept"])
            let source = try #require(api.files.first { $0.hasSuffix("/source") })
            #expect(try Data(contentsOf: URL(filePath: "\(api.folder)/\(source)")) == Data(Clip.bytes))
        }
    }

    /// Whoever claims an upload to finish it waits for a lock that the test holds.
    private static let heldFinish: [SQL] = [
        """
        CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$
        """,
        """
        CREATE TRIGGER held BEFORE UPDATE ON uploads FOR EACH ROW
            WHEN (OLD.state = 'received' AND NEW.writer > OLD.writer) EXECUTE FUNCTION wait_for_test()
        """,
    ]

    /// The bytes are in the store, and the database cannot be told for longer than the request waits.
    @Test func aFormIsRecordedWhenTheDatabaseIsBack() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            try await api.pool.execute(
                """
                CREATE FUNCTION be_away() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P03'; END $$
                """
            )
            try await api.pool.execute(
                """
                CREATE TRIGGER away BEFORE UPDATE ON uploads FOR EACH ROW
                    WHEN (NEW.state = 'received' AND OLD.state = 'open') EXECUTE FUNCTION be_away()
                """
            )
            let answer = try await api.publish(title: "Kept", token: ada.token)
            #expect(answer.code == 50303)
            #expect(try await states(api) == ["open"])
            try await api.pool.execute("DROP TRIGGER away ON uploads")
            try await eventually { try await titles(api, ada.token) == ["Kept"] }
        }
    }

    /// What never had all its bytes is removed, of a store of parts the parts, too.
    @Test func aFormThatBreaksOffLeavesNothing() async throws {
        let stores = Stores()
        try await withAPI(wrapping: { stores.make($0) }) { (api) async throws in
            let ada = try await api.register("ada")
            var form = MultipartForm()
            form.add("token", Array(ada.token.utf8))
            form.add("title", Array("A title".utf8))
            form.add("data", filename: "a.mp4", Clip.make(size: 17 << 20))
            let uri = "/douyin/publish/action/"
            let cut = try await api.send(.post, uri, headers: [.contentType: form.contentType], body: form.truncated)
            #expect(try Answer(cut).code == 40006)
            #expect(try await states(api) == ["cancelled"])
            #expect(try await stores.only.multiparts(prefix: "") == [])
            #expect(api.files == [])
        }
    }

    /// A POST that brings all bytes, and whose client learns no address.
    @Test func aCreationWithAllBytesIsFinishedByMaintenance() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let tus = TusClient(api: api, token: ada.token)
            var headers = TusClient.creation(length: Clip.bytes.count, title: "Kept")
            headers[.contentType] = TusClient.offsetStream
            try await api.refuseVideos()
            let answer = try await tus.send(.post, "/api/v1/uploads", headers, body: Clip.bytes)
            #expect(answer.status == .serviceUnavailable && answer.code == "upload_unfinished")
            try await api.admitVideos()
            try await maintain(api)
            #expect(try await titles(api, ada.token) == ["Kept"])
        }
    }

    @Test func whatAlwaysFailsIsKeptWithItsReasonUntilAnOperatorRetriesIt() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let tus = TusClient(api: api, token: ada.token)
            let address = try await tus.create(length: Clip.bytes.count, title: "Kept")
            try await api.pool.execute("ALTER TABLE videos RENAME TO hidden")
            #expect(try await tus.patch(address, at: 0, Clip.bytes).status == .internalServerError)
            for _ in 1...Uploads.maxFinishAttempts { try await maintain(api) }
            let stuck = try #require(try await Uploads(api.pool).stuck().first)
            #expect(stuck.title == "Kept" && stuck.sizeBytes == Clip.bytes.count && stuck.reason.contains("videos"))
            #expect(api.files.count == 1)
            let asked = try await tus.send(.get, address)
            #expect(asked.status == .ok && asked.json["state"] as? String == "received")
            let resumed = try await tus.patch(address, at: Clip.bytes.count, [])
            #expect(resumed.status == .serviceUnavailable && resumed.code == "upload_unfinished")
            try await api.pool.execute("ALTER TABLE hidden RENAME TO videos")
            try await maintain(api)
            #expect(try await titles(api, ada.token) == [])
            #expect(try await Uploads(api.pool).retry(stuck.id))
            try await maintain(api)
            #expect(try await titles(api, ada.token) == ["Kept"])
        }
    }
}

extension TestAPI {
    /// Lets no upload become a video, though it can begin and be received.
    func refuseVideos() async throws {
        try await pool.execute(
            """
            CREATE FUNCTION refuse_video() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'SQL: no INSERT into relation videos'; END $$
            """
        )
        try await pool.execute(
            "CREATE TRIGGER refused BEFORE INSERT ON videos FOR EACH ROW EXECUTE FUNCTION refuse_video()"
        )
    }

    func admitVideos() async throws {
        try await pool.execute("DROP TRIGGER refused ON videos")
    }
}

/// The one store that an API of a test was given.
final class Stores: Sendable {
    private let state = Mutex<ControlledStore?>(nil)

    var only: ControlledStore {
        get throws { try #require(state.withLock { $0 }) }
    }

    func make(_ local: LocalObjectStore) -> any ObjectStore {
        let made = ControlledStore(local)
        state.withLock { $0 = made }
        return made
    }
}
