import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import ObjectStorage
import Postgres
import TestSupport
import Testing

@testable import API

/// Videos that are made of uploads side by side.
@Suite struct ConcatenationTests {
    enum Failure: CaseIterable { case noVideo, lostPart, database }

    /// Longer than a part of the store, so that there are parts when the join breaks.
    private static let firstBytes = 9 << 20
    private static let secondBytes = 1 << 20
    private static let partial: HTTPFields = [.uploadConcat: "partial"]

    private func upload(_ bytes: [UInt8], _ tus: TusClient) async throws -> String {
        let address = try await tus.create(length: bytes.count, title: nil, Self.partial)
        #expect(try await tus.patch(address, at: 0, bytes).status == .noContent)
        return address
    }

    private func join(_ addresses: [String], _ tus: TusClient) async throws -> TestResponse {
        var headers: HTTPFields = [.uploadConcat: "final;\(addresses.joined(separator: " "))"]
        headers[.uploadMetadata] = TusClient.metadata([("title", "Joined")])
        return try await tus.send(.post, "/api/v1/uploads", headers)
    }

    @Test func aPartThatIsNamedTwiceIsRefused() async throws {
        try await withAPI { (api) async throws in
            let tus = TusClient(api: api, token: try await api.register("ada").token)
            let (first, second) = (try await upload(Clip.bytes, tus), try await upload([1, 2, 3], tus))
            let files = api.files
            for addresses in [[first, first], [first, second, "https://example.com\(first)"]] {
                let refused = try await join(addresses, tus)
                #expect(refused.status == .badRequest && refused.code == "invalid_parameter")
            }
            #expect(try await api.pool.first("SELECT count(*) FROM uploads", as: Int.self) == 2)
            #expect(api.files == files)
            #expect(try await join([first, second], tus).status == .created)
        }
    }

    /// No row, no room in the quota and no byte is left of a join that fails, wherever it does.
    @Test(arguments: Failure.allCases, [false, true])
    func nothingIsLeftOfAJoinThatFails(failure: Failure, isBucket: Bool) async throws {
        let sum = Self.firstBytes + Self.secondBytes
        let quota = UploadQuota(bytesPerDay: Int64(2 * sum))
        let stores = Stores()
        try await withAPI(wrapping: { isBucket ? stores.make($0) : $0 }, configure: { $0.uploadQuota = quota }) {
            (api) async throws in
            let tus = TusClient(api: api, token: try await api.register("ada").token)
            let bytes =
                failure == .noVideo ? [UInt8](repeating: 7, count: Self.firstBytes) : Clip.make(size: Self.firstBytes)
            let first = try await upload(bytes, tus)
            let second = try await upload([UInt8](repeating: 1, count: Self.secondBytes), tus)
            let id = String(second.split(separator: "/").last ?? "")
            if failure == .lostPart { try FileManager.default.removeItem(atPath: "\(api.folder)/uploads/\(id)/data") }
            if failure == .database { try await api.refuseVideos() }
            let files = api.files
            #expect(try await join([first, second], tus).status.code >= 400)
            #expect(try await api.pool.first("SELECT count(*) FROM uploads WHERE kind = 'final'", as: Int.self) == 0)
            #expect(try await api.store.multiparts(prefix: "") == [])
            #expect(api.files == files)
            let tooLong = try await tus.send(.post, "/api/v1/uploads", TusClient.creation(length: sum + 1, title: "A"))
            #expect(tooLong.code == "upload_quota")
            _ = try await tus.create(length: sum)
        }
    }
}
