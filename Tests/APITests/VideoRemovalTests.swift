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

/// What nobody may see any more, or not yet.
@Suite struct VideoRemovalTests {
    private func delete(_ id: String, token: String?, _ api: TestAPI) async throws -> TestResponse {
        let headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
        return try await api.send(.delete, "/api/v1/videos/\(id)", headers: headers)
    }

    private func publish(_ api: TestAPI, token: String) async throws -> Int64 {
        _ = try await api.publish(token: token)
        let list = try await api.get("/douyin/publish/list/?token=\(token)").videos
        let id = try #require(list.first?["id"] as? Int64)
        try await api.makeReady(id)
        let path = "\(api.folder)-\(UUID().uuidString)"
        try Data("media".utf8).write(to: URL(filePath: path))
        try await api.store.put(ObjectKey("videos/\(id)/1/play.mp4"), movingFile: path)
        return id
    }

    @Test func authorsRemoveTheirVideosAndNobodyElseDoes() async throws {
        try await withAPI { (api) async throws in
            let (ada, grace) = (try await api.register("ada"), try await api.register("grace"))
            let id = try await publish(api, token: ada.token)
            #expect(try await delete("\(id)", token: nil, api).status == .unauthorized)
            #expect(try await delete("\(id)", token: grace.token, api).status == .forbidden)
            #expect(try await api.send(.get, "/media/videos/\(id)/1/play.mp4").status == .ok)
            #expect(try await delete("\(id)", token: ada.token, api).status == .noContent)
            for unknown in ["\(id)", "999", "x", "-1"] {
                #expect(try await delete(unknown, token: ada.token, api).status == .notFound, "\(unknown)")
            }
            #expect(try await api.get("/douyin/publish/list/?token=\(ada.token)").videos.isEmpty)
            #expect(try await api.send(.get, "/media/videos/\(id)/1/play.mp4").status == .notFound)
            let jobs: [(String, String)] = try await api.pool.query(
                "SELECT kind, state::text FROM jobs.job ORDER BY id",
                as: (String, String).self
            )
            #expect(jobs.map(\.0) == ["probe_video", "erase_video", "purge_media"])
            #expect(jobs.map(\.1) == ["cancelled", "available", "available"])
        }
    }

    @Test func someoneElsesVideoThatIsNotPublicIsUnknown() async throws {
        try await withAPI { (api) async throws in
            let (ada, grace) = (try await api.register("ada"), try await api.register("grace"))
            let id = try await publish(api, token: ada.token)
            #expect(try await api.videos.hide(VideoID(rawValue: id)))
            #expect(try await delete("\(id)", token: grace.token, api).status == .notFound)
        }
    }

    @Test func onlyItsAuthorGetsAnAddressOfAHeldVideoAndNobodyOneOfAHiddenVideo() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let id = try await publish(api, token: ada.token)
            try await api.pool.execute("UPDATE videos SET visibility = 'held' WHERE id = \(id)")
            #expect(try await api.send(.get, "/media/videos/\(id)/1/play.mp4").status == .notFound)
            let listed = try await api.get("/douyin/publish/list/?token=\(ada.token)").videos.first
            let address = try #require(listed?["play_url"] as? String)
            #expect(address.hasPrefix("\(TestAPI.base)/media/private/"))
            let path = String(address.dropFirst(TestAPI.base.count))
            let answer = try await api.send(.get, path)
            #expect(answer.status == .ok && String(buffer: answer.body) == "media")
            #expect(answer.headers[.cacheControl] == "private, no-cache")
            let other = path.replacing("/videos/\(id)/1/", with: "/videos/\(id)/2/")
            #expect(try await api.send(.get, other).status == .notFound)
            let document = try await api.get("/api/v1/videos/\(id)?token=\(ada.token)").json["media"] as? [String: Any]
            for name in ["play_url", "hls_url", "cover_url", "preview_url", "storyboard_url"] {
                #expect((document?[name] as? String)?.contains("/media/private/") == true, "\(name)")
            }
            #expect(try await api.videos.hide(VideoID(rawValue: id)))
            // Neither the address of before nor a new one.
            #expect(try await api.send(.get, path).status == .notFound)
            let hidden = try await api.get("/douyin/publish/list/?token=\(ada.token)").videos.first
            #expect(hidden?["play_url"] as? String == "\(TestAPI.base)/v/\(id)/play.mp4")
            #expect(try await api.get("/api/v1/videos/\(id)?token=\(ada.token)").json["media"] == nil)
            #expect(try await api.videos.show(VideoID(rawValue: id)))
            let shown = try await api.get("/douyin/publish/list/?token=\(ada.token)").videos.first
            #expect(shown?["play_url"] as? String == "\(TestAPI.base)/media/videos/\(id)/1/play.mp4")
        }
    }

    @Test func theGatewayIsToldWhatEveryoneMaySee() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let id = try await publish(api, token: ada.token)
            #expect(try await api.send(.get, "/internal/videos/\(id)/access").status == .noContent)
            #expect(try await api.videos.hide(VideoID(rawValue: id)))
            for id in ["\(id)", "999", "x"] {
                #expect(try await api.send(.get, "/internal/videos/\(id)/access").status == .forbidden, "\(id)")
            }
        }
    }
}
