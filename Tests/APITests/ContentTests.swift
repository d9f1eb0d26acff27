import Database
import Domain
import Foundation
import HTTPTypes
import Moderation
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import API

/// What the word filter does to what users write.
@Suite struct ContentTests {
    private static let fields = ModeratedField.allCases

    private func withPolicy(_ policy: ModerationPolicy, _ test: @Sendable (TestAPI) async throws -> Void) async throws {
        let list = FileManager.default.temporaryDirectory.appending(path: "words-\(UUID().uuidString).txt")
        try "badword\n坏词\n".write(to: list, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: list) }
        let policies = Dictionary(uniqueKeysWithValues: Self.fields.map { ($0, policy) })
        let moderator = try Moderator(wordListPath: list.path, policies: policies, logger: .quiet)
        try await withAPI(moderator: moderator, test)
    }

    private func setSignature(_ text: String, _ token: String, _ api: TestAPI) async throws -> Answer {
        let headers: HTTPFields = [.authorization: "Bearer \(token)"]
        let body = ByteBuffer(string: #"{"signature":"\#(text)"}"#)
        return try Answer(await api.send(.patch, "/api/v1/me", headers: headers, body: body))
    }

    private func video(of author: (id: Int64, token: String), title: String, _ api: TestAPI) async throws -> Int64 {
        #expect(try await api.publish(title: title, token: author.token).code == 0)
        let list = try await api.get("/douyin/publish/list/?token=\(author.token)")
        return try #require(list.videos.first?["id"] as? Int64)
    }

    @Test func whatIsRefusedSaysWhere() async throws {
        try await withPolicy(.refuse) { (api) async throws in
            let (ada, bob) = (try await api.register("ada"), try await api.register("bob"))
            let video = try await video(of: ada, title: "fine", api)
            try await api.makeReady(video)
            let refusals = [
                ("username", try await api.post("/douyin/user/register/?username=badword&password=12345")),
                ("title", try await api.publish(title: "a BadWord", token: ada.token)),
                (
                    "comment",
                    try await api.post(
                        "/douyin/comment/action/?token=\(ada.token)&video_id=\(video)&action_type=1&comment_text=b.a.d.w.o.r.d"
                    )
                ),
                (
                    "message",
                    try await api.post(
                        "/douyin/message/action/?token=\(ada.token)&to_user_id=\(bob.id)&action_type=1&content=%E5%9D%8F%E8%AF%8D"
                    )
                ),
            ]
            for (field, answer) in refusals {
                #expect(answer.status == .ok && answer.code == 42201 && answer.message.contains(field), "\(field)")
            }
            let signature = try await setSignature("badword", ada.token, api)
            #expect(signature.status.code == 422 && signature.json["code"] as? String == "refused_content")
            #expect(api.files.count == 1, "a refused upload leaves nothing")
        }
    }

    @Test func whatIsMaskedIsShownMasked() async throws {
        try await withPolicy(.mask) { (api) async throws in
            let ada = try await api.post("/douyin/user/register/?username=badword&password=12345")
            let shown = try await api.get("/douyin/user/?token=\(ada.token)").user["name"] as? String
            #expect(shown == "*******")
            #expect(try await api.post("/douyin/user/login/?username=badword&password=12345").userID == ada.userID)
            let video = try await video(of: (ada.userID, ada.token), title: "a 坏词!", api)
            try await api.makeReady(video)
            #expect(try await api.get("/douyin/feed/").videos.first?["title"] as? String == "a **!")
            #expect(try await setSignature("my badword", ada.token, api).json["signature"] as? String == "my *******")
        }
    }

    @Test func whatIsHeldIsShownOnceItIsApproved() async throws {
        try await withPolicy(.hold) { (api) async throws in
            let reviews = Reviews(api.pool)
            let ada = try await api.post("/douyin/user/register/?username=badword&password=12345")
            let bob = try await api.register("bob")
            func name() async throws -> String? {
                try await api.get("/douyin/user/?user_id=\(ada.userID)").user["name"] as? String
            }
            #expect(try await name() == "*******")
            #expect(try await reviews.approve(.name, ada.userID))
            #expect(try await name() == "badword")

            let video = try await video(of: bob, title: "a 坏词", api)
            let package = MediaPackage(width: 360, height: 640, durationSeconds: 3, renditions: [], files: [])
            try await api.pool.withTransaction { transaction in
                _ = try await api.videos.publish(
                    VideoID(rawValue: video),
                    prefix: "videos/\(video)/1",
                    package: package,
                    in: transaction
                )
            }
            let own = try #require(try await api.get("/douyin/publish/list/?token=\(bob.token)").videos.first)
            #expect((own["status_reason"] as? String)?.contains("review") == true)
            #expect(try await api.get("/douyin/publish/list/?user_id=\(bob.id)").videos.isEmpty)
            #expect(try await reviews.approve(.video, video))
            #expect(try await api.get("/douyin/publish/list/?user_id=\(bob.id)").videos.count == 1)

            let send =
                "/douyin/message/action/?token=\(bob.token)&to_user_id=\(ada.userID)&action_type=1&content=badword"
            let sent = try await api.post(send)
            #expect(sent.code == 0 && sent.message.contains("review"))
            let chat = "/douyin/message/chat/?token=\(ada.token)&to_user_id=\(bob.id)"
            #expect((try await api.get(chat).json["message_list"] as? [Any])?.isEmpty == true)
            let held = try #require(try await reviews.list(limit: 10).first { $0.kind == .message })
            #expect(held.text == "badword" && held.authorID.rawValue == bob.id)
            #expect(try await reviews.approve(.message, held.id))
            #expect((try await api.get(chat).json["message_list"] as? [Any])?.count == 1)
        }
    }
}
