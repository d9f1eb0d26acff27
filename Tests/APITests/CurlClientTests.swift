import Foundation
import HummingbirdTesting
import NIOConcurrencyHelpers
import ObjectStorage
import TestSupport
import Testing

@testable import API

/// The client of `clipyard publish` against the server it is made for.
@Suite struct CurlClientTests {
    @Test func aFileIsUploadedWithProgress() async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let ada = try await api.register("ada")
            try await withTemporaryFolder { folder in
                let path = "\(folder)/clip.mp4"
                try Data(Clip.make(size: 3_000_000)).write(to: URL(filePath: path))
                let seen = NIOLockedValueBox<Int64>(0)
                let response = try await CurlClient().upload(
                    to: "http://127.0.0.1:\(api.port)/douyin/publish/action/",
                    files: [("data", path)],
                    fields: [("token", ada.token), ("title", "A title; with \"quotes\" 电影")]
                ) { sent, _ in seen.withLockedValue { $0 = max($0, sent) } }
                #expect(response.status == 200)
                #expect(seen.withLockedValue { $0 } >= 3_000_000)
            }
            let list = try await api.get("/douyin/publish/list/?token=\(ada.token)").videos
            #expect(list.first?["title"] as? String == "A title; with \"quotes\" 电影")
            #expect(api.files.count == 1)
        }
    }

    @Test func aServerThatIsNotThereIsAnError() async throws {
        await #expect(throws: CurlError.self) {
            try await CurlClient().upload(
                to: "http://127.0.0.1:1/",
                files: [("data", "/etc/hostname")],
                fields: []
            ) { _, _ in }
        }
    }
}
