import Crypto
import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import Moderation
import NIOCore
import ObjectStorage
import Postgres
import TestSupport
import Testing

@testable import API

/// Connections that break, hang and compete, on real sockets.
@Suite struct UploadTakeoverTests {
    private static let file = Clip.make(size: 6_000_000)

    private func withTus(
        configure: (inout APIConfiguration) -> Void = { _ in },
        _ test: @Sendable (TusClient, TestAPI) async throws -> Void
    ) async throws {
        try await withAPI(.ahc(), configure: configure) { (api) async throws in
            try await test(TusClient(api: api, token: try await api.register("ada").token), api)
        }
    }

    /// Sends the head of a PATCH and the beginning of its body.
    private func beginPatch(_ tus: TusClient, _ address: String, at offset: Int, count: Int) async throws
        -> RawConnection
    {
        let connection = try await RawConnection(port: tus.api.port)
        try await connection.send(
            "PATCH \(address) HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer \(tus.token)\r\n"
                + "Content-Type: \(TusClient.offsetStream)\r\nUpload-Offset: \(offset)\r\n"
                + "Content-Length: \(Self.file.count - offset)\r\n\r\n"
        )
        try await connection.send(ByteBuffer(bytes: Self.file[offset..<(offset + count)]))
        return connection
    }

    private func expectTheFile(_ tus: TusClient, _ address: String) async throws {
        let id = try #require(try await tus.document(address)["video_id"] as? Int)
        let stored = try Data(contentsOf: URL(filePath: "\(tus.api.folder)/sources/\(id)/source"))
        #expect(stored == Data(Self.file))
        #expect(try await tus.api.pool.first("SELECT count(*) FROM videos", as: Int.self) == 1)
    }

    /// Closed in the middle of a body: what had come is kept.
    @Test func whatCameBeforeTheConnectionBrokeIsKept() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Self.file.count)
            let connection = try await beginPatch(tus, address, at: 0, count: 3_333_333)
            try await eventually { !api.files.isEmpty }
            try await connection.close()
            try await eventually { try await tus.document(address)["offset"] as? Int == 3_333_333 }
            #expect(try await tus.patch(address, at: 3_333_333, Self.file[3_333_333...]).status == .noContent)
            try await expectTheFile(tus, address)
        }
    }

    /// The old connection is still open, and says nothing: nobody waits for it.
    @Test func aConnectionThatHangsLocksNobodyOut() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Self.file.count)
            let hanging = try await beginPatch(tus, address, at: 0, count: 2_000_000)
            try await eventually { !api.files.isEmpty }
            let start = ContinuousClock.now
            let offset = try #require(try await tus.offset(of: address))
            #expect(offset <= 2_000_000)
            #expect(try await tus.patch(address, at: offset, Self.file[offset...]).status == .noContent)
            #expect(ContinuousClock.now - start < .seconds(20))
            try await expectTheFile(tus, address)
            // The old one is told, and closed; what it would still send means nothing.
            let answer = try await hanging.readToEnd()
            #expect(answer.isEmpty || answer.contains("409") && answer.contains("upload_taken_over"))
        }
    }

    /// The older writer is in another process, and hears of it through the database.
    @Test func aWriterOfAnotherProcessIsRelieved() async throws {
        try await withTus { (tus, api) async throws in
            let other = try LocalObjectStore(root: api.folder)
            let address = try await tus.create(length: Self.file.count)
            let id = String(address.split(separator: "/").last ?? "")
            let hanging = try await beginPatch(tus, address, at: 0, count: 2_000_000)
            try await eventually { !api.files.isEmpty }
            let uploads = Uploads(api.pool)
            let claimed = try #require(try await uploads.claim(id, isWriting: true))
            let place = UploadPlace(
                id: id,
                key: try ObjectKey("sources/\(claimed.videoID?.rawValue ?? 0)/source"),
                maxBytes: 6_000_000,
                takeovers: claimed.takeovers,
                offset: claimed.offsetBytes,
                state: claimed.placement
            )
            #expect(claimed.takeovers == 1)
            // Waits until the older one has let go.
            let writer = try await StagedUploads(other).resume(place, hash: nil)
            await writer.close()
            #expect(try await hanging.readToEnd().contains("upload_taken_over"))
            #expect(try await uploads.find(id)?.offsetBytes == claimed.offsetBytes)
        }
    }

    @Test func manyRequestsForOneUploadLeaveOneVideoOfTheRightBytes() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Self.file.count)
            try await withThrowingTaskGroup { group in
                for _ in 1...8 {
                    group.addTask {
                        while let offset = try await tus.offset(of: address), offset < Self.file.count {
                            let end = min(Self.file.count, offset + 700_000)
                            _ = try? await tus.patch(address, at: offset, Self.file[offset..<end])
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await expectTheFile(tus, address)
        }
    }

    /// The last writer was relieved after its last byte was acknowledged and before it could say that it was the last.
    @Test func anUploadWhoseBytesAreAllSafeIsFinishedByWhoeverAsks() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Self.file.count + 1)
            #expect(try await tus.patch(address, at: 0, Self.file).status == .noContent)
            try await api.pool.execute("UPDATE uploads SET length_bytes = offset_bytes")
            #expect(try await tus.offset(of: address) == Self.file.count)
            try await expectTheFile(tus, address)
        }
    }

    /// Sends everything, but the database refuses to record the video; returns the upload's id.
    @discardableResult
    private func sendWithoutRecording(_ tus: TusClient, _ address: String, _ api: TestAPI) async throws -> String {
        try await api.pool.execute("ALTER TABLE videos RENAME TO hidden")
        #expect(try await tus.patch(address, at: 0, Self.file).status == .internalServerError)
        try await api.pool.execute("ALTER TABLE hidden RENAME TO videos")
        let id = String(address.split(separator: "/").last ?? "")
        #expect(try await Uploads(api.pool).find(id)?.state == .received)
        return id
    }

    /// Everything is here, but the process ended before it could say so in the database.
    @Test func anUploadThatWasReceivedIsFinishedByWhoeverComes() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Self.file.count)
            try await sendWithoutRecording(tus, address, api)
            #expect(try await tus.offset(of: address) == Self.file.count)
            try await expectTheFile(tus, address)
        }
    }

    /// What was stored is gone before a video could be made of it: nobody waits for what cannot come.
    @Test func anUploadWhoseBytesWereLostEnds() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Self.file.count)
            let id = try await sendWithoutRecording(tus, address, api)
            for file in api.files { try FileManager.default.removeItem(atPath: "\(api.folder)/\(file)") }
            #expect(try await tus.send(.head, address).status == .gone)
            let ended = try #require(try await Uploads(api.pool).find(id))
            #expect(ended.state == .refused && ended.failure?.code == "upload_gone")
        }
    }

    @Test func anUploadThatNobodyComesBackForIsRemoved() async throws {
        try await withTus { (tus, api) async throws in
            let address = try await tus.create(length: Self.file.count)
            #expect(try await tus.patch(address, at: 0, Self.file[..<1_000_000]).status == .noContent)
            #expect(api.files.count == 1)
            let services = APIServices(
                pool: api.pool,
                store: try LocalObjectStore(root: api.folder),
                moderator: try Moderator(wordListPath: nil)
            )
            let parts = APIParts(
                services,
                configuration: APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
            )
            let upkeep = UploadUpkeep(core: parts.uploads, logger: .quiet)
            try await upkeep.once()
            #expect(api.files.count == 1)
            try await api.pool.execute("UPDATE uploads SET expires_at = clock_timestamp() - interval '1 s'")
            try await upkeep.once()
            #expect(api.files.isEmpty)
            #expect(try await tus.send(.head, address).code == nil)
            #expect(try await tus.document(address)["code"] as? String == "upload_gone")
        }
    }
}

/// A store or a database that is away is no reason to end an upload.
@Suite struct UploadOutageTests {
    @Test(arguments: [
        (StorageError.Code.network, true), (.busy, true), (.full, true), (.denied, true), (.damaged, false),
        (.notFound, false), (.invalid, false),
    ])
    func outagesAreToldFromFaultsOfTheUpload(code: StorageError.Code, isOutage: Bool) {
        let error = StorageError(code, doing: "storing", subject: "an object", message: "")
        #expect(UploadCore.isOutage(error) == isOutage)
    }
}
