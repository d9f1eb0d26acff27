import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import ObjectStorage
import Postgres
import Testing

@testable import API

@Suite struct MediaTests {
    private let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }

    private func put(_ key: String, _ bytes: [UInt8], _ api: TestAPI) async throws {
        let path = "\(api.folder)-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(filePath: path))
        try await api.store.put(ObjectKey(key), movingFile: path)
        if key.hasPrefix("videos/1/") { try await publish(1, api) }
    }

    /// Media are served of videos that everyone may see.
    private func publish(_ id: Int64, _ api: TestAPI) async throws {
        try await api.pool.execute(
            "INSERT INTO users (id, name, name_key, password_hash) VALUES (99, 'ada', 'ada', 'hash') ON CONFLICT DO NOTHING"
        )
        try await api.pool.execute(
            """
            INSERT INTO videos (id, author_id, title, state, source_key, source_bytes, source_sha256, media_prefix, width,
                                height, duration_seconds, published_ms)
            VALUES (\(id), 99, 'A title', 'ready', 'sources/1/source', 1, decode(repeat('00', 32), 'hex'), 'videos/1/2',
                    360, 640, 3, 1)
            ON CONFLICT DO NOTHING
            """
        )
    }

    @Test func mediaAreServedWithRanges() async throws {
        try await withAPI { (api) async throws in
            try await put("videos/1/2/play.mp4", bytes, api)
            let uri = "/media/videos/1/2/play.mp4"
            let whole = try await api.send(.get, uri)
            #expect(whole.status == .ok && Array(whole.body.readableBytesView) == bytes)
            #expect(whole.headers[.contentLength] == "300000" && whole.headers[.acceptRanges] == "bytes")
            #expect(whole.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(whole.headers[.accessControlAllowOrigin] == "*")
            let part = try await api.send(.get, uri, headers: [.range: "bytes=100-299"])
            #expect(part.status == .partialContent && Array(part.body.readableBytesView) == Array(bytes[100..<300]))
            #expect(part.headers[.contentRange] == "bytes 100-299/300000" && part.headers[.contentLength] == "200")
            let beyond = try await api.send(.get, uri, headers: [.range: "bytes=300000-"])
            #expect(beyond.status == .rangeNotSatisfiable && beyond.headers[.contentRange] == "bytes */300000")
            let head = try await api.send(.head, uri, headers: [.range: "bytes=0-9"])
            #expect(head.status == .partialContent && head.body.readableBytes == 0)
            #expect(head.headers[.contentLength] == "10")
        }
    }

    @Test func whoHasItNeedNotGetItAgain() async throws {
        try await withAPI { (api) async throws in
            try await put("videos/1/2/cover.jpg", bytes, api)
            let uri = "/media/videos/1/2/cover.jpg"
            let etag = try #require(try await api.send(.get, uri).headers[.eTag])
            for tag in [etag, "W/\(etag)", "\"x\", \(etag)", "*"] {
                let again = try await api.send(.get, uri, headers: [.ifNoneMatch: tag])
                #expect(again.status == .notModified && again.body.readableBytes == 0)
            }
            #expect(try await api.send(.get, uri, headers: [.ifNoneMatch: "\"x\""]).status == .ok)
            let same = try await api.send(.get, uri, headers: [.range: "bytes=0-1", .ifRange: etag])
            #expect(same.status == .partialContent)
            let changed = try await api.send(.get, uri, headers: [.range: "bytes=0-1", .ifRange: "\"x\""])
            #expect(changed.status == .ok && changed.body.readableBytes == bytes.count)
        }
    }

    @Test(arguments: [
        ("hls/master.m3u8", "application/vnd.apple.mpegurl"), ("hls/720/1.m4s", "video/iso.segment"),
        ("hls/720/init.mp4", "video/mp4"), ("cover.jpg", "image/jpeg"), ("unknown", "application/octet-stream"),
    ])
    func typesAreThoseOfHLS(path: String, type: String) async throws {
        try await withAPI { (api) async throws in
            try await put("videos/1/2/\(path)", [1], api)
            #expect(try await api.send(.get, "/media/videos/1/2/\(path)").headers[.contentType] == type)
        }
    }

    @Test func nothingElseIsServed() async throws {
        try await withAPI { (api) async throws in
            try await put("sources/1/source", [1], api)
            try await put("videos/1/2/play.mp4", [1], api)
            let paths = [
                "sources/1/source", "videos/../sources/1/source", "videos/%2e%2e/sources/1/source", "videos/1/2",
                "videos/",
                "", ".staging", "videos/1/2/play.mp4/", "/videos/1/2/play.mp4", "videos/1/2/none",
                "videos/1/2/play.mp4%00",
            ]
            for path in paths {
                let response = try await api.send(.get, "/media/\(path)")
                #expect(response.status == .notFound, "\(path)")
                #expect(response.headers[.contentType] == "application/problem+json")
            }
        }
    }

    @Test func whereNginxServesThemTheyAreNotHere() async throws {
        try await withAPI(configure: { $0.servesMedia = false }) { (api) async throws in
            try await put("videos/1/2/play.mp4", [1], api)
            #expect(try await api.send(.get, "/media/videos/1/2/play.mp4").status == .notFound)
        }
    }

    @Test func theLinkOfAVideoLeadsToItOnceItExists() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            _ = try await api.publish(token: ada.token)
            _ = try await api.publish(Clip.make(size: 90_000), token: ada.token)
            let list = try await api.get("/douyin/publish/list/?token=\(ada.token)").videos
            let ids = list.compactMap { $0["id"] as? Int64 }
            for file in ["play.mp4", "cover.jpg"] {
                let early = try await api.send(.get, "/v/\(ids[0])/\(file)")
                #expect(early.status == .notFound && early.headers[.retryAfter] == "2")
            }
            try await api.makeReady(ids[0])
            try await api.videos.fail(.init(rawValue: ids[1]), code: "damaged", reason: "Damaged.", in: api.pool)
            for file in ["play.mp4", "cover.jpg"] {
                let ready = try await api.send(.get, "/v/\(ids[0])/\(file)")
                #expect(ready.status == .found)
                #expect(ready.headers[.location] == "\(TestAPI.base)/media/videos/\(ids[0])/1/\(file)")
                for id in ["\(ids[1])", "999999", "x", "-1", "99999999999999999999"] {
                    let none = try await api.send(.get, "/v/\(id)/\(file)")
                    #expect(none.status == .notFound && none.headers[.retryAfter] == "2", "\(id)")
                }
            }
            #expect(try await api.send(.get, "/v/\(ids[0])/source").status == .notFound)
        }
    }
}
