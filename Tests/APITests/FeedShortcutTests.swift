import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import API

/// The feed as a connection with many requests gets it.
@Suite struct FeedShortcutTests {
    private func get(_ path: String, extra: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(extra)\r\n"
    }

    /// The `status_code` and the names of the members of the answers, in the order in which they come.
    private func answers(_ count: Int, from connection: RawConnection) async throws -> [String] {
        var answers: [String] = []
        for _ in 0..<count {
            let head = try await connection.read(until: "\r\n\r\n").lowercased()
            #expect(head.contains("x-request-id: ") && head.contains("\ndate: "), "\(head)")
            let length = try #require(head.firstMatch(of: /content-length: (\d+)/).flatMap { Int($0.1) })
            let body = try await connection.read(count: length)
            let json = try #require(JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
            answers.append(json["video_list"] != nil ? "feed" : json["user"] != nil ? "user" : "other")
        }
        return answers
    }

    private func publish(_ api: TestAPI) async throws -> (id: Int64, token: String) {
        let ada = try await api.register("ada")
        #expect(try await api.publish(token: ada.token).code == 0)
        let list = try await api.get("/douyin/publish/list/?token=\(ada.token)")
        try await api.makeReady(try #require(list.videos.first?["id"] as? Int64))
        return ada
    }

    /// Sent without waiting for an answer: with a login, without, and other routes between them.
    @Test func answersComeInTheOrderOfRequests() async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let ada = try await publish(api)
            // Seen once, so that the token needs no check.
            #expect(try await api.get("/douyin/feed/?token=\(ada.token)").code == 0)
            let connection = try await RawConnection(port: api.port)
            let feed = get("/douyin/feed/")
            let viewed = get("/douyin/feed/?token=\(ada.token)")
            let user = get("/douyin/user/?user_id=\(ada.id)")
            let requests = [feed, viewed, user, viewed, feed, user, user, feed, viewed, viewed, get("/douyin/none/")]
            for _ in 1...20 {
                try await connection.send(requests.joined())
                #expect(
                    try await answers(requests.count, from: connection) == [
                        "feed", "feed", "user", "feed", "feed", "user", "user", "feed", "feed", "feed", "other",
                    ]
                )
            }
            try await connection.close()
        }
    }

    @Test func bothWaysAnswerTheSame() async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let ada = try await publish(api)
            for query in ["", "?token=\(ada.token)", "?latest_time=1500000000", "?latest_time=x", "?token=wrong"] {
                var bodies: Set<String> = []
                // A connection that is to be closed goes the ordinary way.
                for extra in ["", "Connection: close\r\n"] {
                    for _ in 1...2 {
                        let connection = try await RawConnection(port: api.port)
                        try await connection.send(get("/douyin/feed/\(query)", extra: extra))
                        let head = try await connection.read(until: "\r\n\r\n").lowercased()
                        #expect(head.hasPrefix("http/1.1 200") && head.contains("cache-control: no-store"))
                        let length = try #require(head.firstMatch(of: /content-length: (\d+)/).flatMap { Int($0.1) })
                        bodies.insert(try await connection.read(count: length))
                        // The server may have closed it first.
                        try? await connection.close()
                    }
                }
                #expect(bodies.count == 1, "\(query): \(bodies)")
            }
        }
    }

    @Test func likesAndFollowsAreTheViewersOwn() async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let ada = try await publish(api)
            let eve = try await api.register("eve")
            let id = try #require(try await api.get("/douyin/feed/").videos.first?["id"] as? Int64)
            for route in ["favorite/action/?video_id=\(id)", "relation/action/?to_user_id=\(ada.id)"] {
                #expect(try await api.post("/douyin/\(route)&action_type=1&token=\(eve.token)").code == 0)
            }
            for (token, marked) in [(eve.token, true), (ada.token, false), ("", false)] {
                // The first time the token is checked, the second time it is known.
                for _ in 1...2 {
                    let video = try #require(try await api.get("/douyin/feed/?token=\(token)").videos.first)
                    #expect(video["is_favorite"] as? Bool == marked)
                    #expect((video["author"] as? [String: Any])?["is_follow"] as? Bool == marked)
                }
            }
        }
    }

    @Test func aRevokedTokenIsRefusedHereToo() async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let ada = try await publish(api)
            #expect(try await api.get("/douyin/feed/?token=\(ada.token)").code == 0)
            let body = ByteBuffer(string: #"{"old_password":"secret","new_password":"another"}"#)
            let change = try await api.send(
                .put,
                "/api/v1/me/password",
                headers: [.authorization: "Bearer \(ada.token)"],
                body: body
            )
            #expect(change.status == .ok)
            #expect(try await api.get("/douyin/feed/?token=\(ada.token)").code == 40105)
        }
    }

    @Test func theLimitOfAnAddressHoldsHereToo() async throws {
        let limits = RateLimitRules(perAddress: [.read: RateLimit("30/600")].compactMapValues { $0 })
        try await withAPI(.ahc(), configure: { $0.rateLimits = limits }) { (api) async throws in
            let connection = try await RawConnection(port: api.port)
            var statuses: [String] = []
            for _ in 1...40 {
                try await connection.send(get("/douyin/feed/"))
                let head = try await connection.read(until: "\r\n\r\n")
                let length = try #require(
                    head.lowercased().firstMatch(of: /content-length: (\d+)/).flatMap { Int($0.1) }
                )
                _ = try await connection.read(count: length)
                statuses.append(String(head.dropFirst("HTTP/1.1 ".count).prefix(3)))
            }
            #expect(statuses.prefix(30).allSatisfy { $0 == "200" } && statuses.suffix(10).allSatisfy { $0 == "429" })
            try await connection.close()
        }
    }
}
