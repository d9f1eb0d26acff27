import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import API

@Suite struct VideoStatusTests {
    private func show(_ id: Int64, token: String? = nil, _ api: TestAPI) async throws -> (Int, [String: Any]) {
        let headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
        return try await api.client.execute(uri: "/api/v1/videos/\(id)", method: .get, headers: headers) { response in
            let body = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
            return (response.status.code, body as? [String: Any] ?? [:])
        }
    }

    private func upload(_ api: TestAPI, token: String, _ fields: [(String, String)] = []) async throws -> Int64 {
        var form = MultipartForm()
        for field in fields { form.add(field.0, Array(field.1.utf8)) }
        form.add("title", Array("A title".utf8))
        form.add("data", filename: "clip.mp4", Clip.bytes)
        let answer = try await api.publish(form, query: "?token=\(token)")
        try #require(answer.code == 0)
        return try #require(try await api.pool.first("SELECT max(id) FROM videos", as: Int64.self))
    }

    @Test func itsAuthorSeesAVideoFromTheFirstMomentAndOthersOnceItIsPlayable() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let id = try await upload(api, token: ada.token)
            #expect(try await show(id, api).0 == 404)
            let processing = try await show(id, token: ada.token, api).1
            #expect(processing["state"] as? String == "processing")
            #expect(processing["playable_at"] == nil && processing["media"] == nil)
            #expect((processing["created_at"] as? String)?.hasSuffix("Z") == true)
            try await api.makeReady(id, lease: 3, isComplete: false)
            let playable = try await show(id, api).1
            #expect(playable["state"] as? String == "playable" && playable["complete_at"] == nil)
            let media = try #require(playable["media"] as? [String: Any])
            #expect(media["play_url"] as? String == "\(TestAPI.base)/media/videos/\(id)/3/play.mp4")
            #expect(media["hls_url"] as? String == "\(TestAPI.base)/media/videos/\(id)/3/hls/master.m3u8")
            #expect(media["storyboard_url"] == nil)
            try await api.makeReady(id, lease: 4)
            let complete = try await show(id, api).1
            #expect(complete["state"] as? String == "complete")
            #expect(complete["playable_at"] as? String == playable["playable_at"] as? String)
            #expect(complete["complete_at"] is String)
            let storyboard = (complete["media"] as? [String: Any])?["storyboard_url"] as? String
            #expect(storyboard == "\(TestAPI.base)/media/videos/\(id)/4/storyboard.vtt")
        }
    }

    @Test func thereAreOnlyAddressesOfWhatThePipelineMakes() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let id = try await upload(api, token: ada.token)
            try await api.makeReady(id, pictures: ["storyboard.vtt"])
            let media = try #require(try await show(id, api).1["media"] as? [String: Any])
            #expect(media["preview_url"] == nil && media["storyboard_url"] is String)
        }
    }

    @Test func aFailureIsExplainedToTheAuthor() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let id = try await upload(api, token: ada.token)
            try await api.videos.fail(.init(rawValue: id), code: "damaged", reason: "It is damaged.", in: api.pool)
            let body = try await show(id, token: ada.token, api).1
            #expect(body["state"] as? String == "failed")
            #expect(body["failure"] as? [String: String] == ["code": "damaged", "message": "It is damaged."])
            #expect(try await show(id, api).0 == 404)
        }
    }

    @Test(arguments: ["0", "-1", "x", "9223372036854775808"]) func thereIsNoOtherVideo(id: String) async throws {
        try await withAPI { (api) async throws in
            try await api.client.execute(uri: "/api/v1/videos/\(id)", method: .get) { response in
                #expect(response.status.code == 404)
                #expect(String(buffer: response.body).contains("unknown_video"))
            }
        }
    }

    @Test func aPipelineMustBeOneOfThoseAllowed() async throws {
        try await withAPI(configure: { $0.uploadPipelines = ["archive", "high-efficiency"] }) { (api) async throws in
            let ada = try await api.register("ada")
            let id = try await upload(api, token: ada.token, [("pipeline", "archive")])
            #expect(try await api.videos.source(of: .init(rawValue: id))?.pipeline == "archive")
            let message = try await refusal(of: [("pipeline", "../secret")], ada.token, api)
            #expect(message == "There is no pipeline ../secret; an upload may name archive, high-efficiency.")
        }
    }

    @Test func withoutAllowedPipelinesNoneCanBeNamed() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let message = try await refusal(of: [("pipeline", "short-video")], ada.token, api)
            #expect(message == "This server chooses the pipeline itself; leave the field pipeline out.")
        }
    }

    @Test(arguments: ["-1", "nan", "inf", "1e9", "soon"]) func aCoverTimeIsATime(text: String) async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let message = try await refusal(of: [("cover_seconds", text)], ada.token, api)
            #expect(message?.contains("cover_seconds must be a time") == true)
        }
    }

    @Test func aCoverIsStoredBesideTheSource() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let id = try await upload(api, token: ada.token, [("cover_seconds", "2.5")])
            #expect(try await api.videos.source(of: .init(rawValue: id))?.cover == .at(seconds: 2.5))
            var form = MultipartForm()
            form.add("title", Array("A title".utf8))
            form.add("data", filename: "clip.mp4", Clip.bytes)
            form.add("cover", filename: "cover.jpg", Array("no picture".utf8))
            #expect(try await api.publish(form, query: "?token=\(ada.token)").code == 40013)
            #expect(api.files == ["sources/\(id)/source"])
        }
    }

    private func refusal(of fields: [(String, String)], _ token: String, _ api: TestAPI) async throws -> String? {
        var form = MultipartForm()
        for field in fields { form.add(field.0, Array(field.1.utf8)) }
        form.add("title", Array("A title".utf8))
        form.add("data", filename: "clip.mp4", Clip.bytes)
        let before = api.files
        let answer = try await api.publish(form, query: "?token=\(token)")
        #expect(answer.code == 40002)
        #expect(api.files == before)
        return answer.message
    }
}
