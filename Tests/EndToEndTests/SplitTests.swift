import Foundation
import Glibc
import Testing

/// The API as five processes behind the gateway.
@Suite(.serialized) struct SplitTests {
    private static let services = ["user", "video", "interaction", "relation", "message"]

    private static let routes: [(service: String, method: String, path: String)] = [
        ("video", "GET", "/douyin/feed/"),
        ("user", "POST", "/douyin/user/register/"),
        ("user", "POST", "/douyin/user/login/"),
        ("user", "GET", "/douyin/user/"),
        ("video", "POST", "/douyin/publish/action/"),
        ("video", "GET", "/douyin/publish/list/"),
        ("interaction", "POST", "/douyin/favorite/action/"),
        ("interaction", "GET", "/douyin/favorite/list/"),
        ("interaction", "POST", "/douyin/comment/action/"),
        ("interaction", "GET", "/douyin/comment/list/"),
        ("relation", "POST", "/douyin/relation/action/"),
        ("relation", "GET", "/douyin/relation/follow/list/"),
        ("relation", "GET", "/douyin/relation/follower/list/"),
        ("relation", "GET", "/douyin/relation/friend/list/"),
        ("message", "GET", "/douyin/message/chat/"),
        ("message", "POST", "/douyin/message/action/"),
    ]

    /// What is no route of simple-Douyin, or no route at all.
    private static let others: [(service: String, method: String, path: String, status: Int, code: String)] = [
        ("user", "GET", "/static/avatar.png", 200, ""),
        ("user", "GET", "/api/v1/me", 401, "not_logged_in"),
        ("video", "GET", "/v/9/play.mp4", 404, "video_not_ready"),
        ("video", "GET", "/readyz", 200, ""),
        ("video", "GET", "/nowhere", 404, "unknown_route"),
        ("video", "GET", "/staticky", 404, "unknown_route"),
        ("video", "GET", "/douyin", 404, "40401"),
        ("video", "GET", "/douyin/username/", 404, "40401"),
        ("user", "GET", "/douyin/user/nowhere", 404, "40401"),
        ("relation", "GET", "/douyin/relation/", 404, "40401"),
        ("video", "POST", "/douyin/feed/", 405, "40501"),
        ("message", "DELETE", "/douyin/message/chat", 405, "40501"),
    ]

    /// Which processes have a request in their log.
    private func askedProcesses(_ clipyard: RunningClipyard, _ answer: HTTPAnswer) throws -> [String] {
        let id = try #require(answer.headers["x-request-id"])
        return try Self.services.filter {
            try String(contentsOfFile: "\(clipyard.home)/logs/serve-\($0).log", encoding: .utf8).contains(id)
        }
    }

    @Test(.timeLimit(.minutes(10))) func everyPathIsAnsweredByItsOwnProcessAlone() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home", arguments: ["--split"])
        var asked: [(answer: HTTPAnswer, service: String, path: String)] = []
        for (service, method, path) in Self.routes {
            for path in [path, String(path.dropLast())] {
                let answer = try HTTPAnswer(clipyard.api.address + path, ["-X", method])
                asked.append((answer, service, path))
                // Without parameters most of them refuse, each in the right shape.
                #expect(answer.status == 200 && answer.code != nil, "\(method) \(path): \(answer.body)")
            }
        }
        for (service, method, path, status, code) in Self.others {
            // A picture is no text.
            let body = path.hasSuffix(".png") ? ["-o", "/dev/null"] : []
            let answer = try HTTPAnswer(clipyard.api.address + path, ["-X", method] + body)
            asked.append((answer, service, path))
            #expect(answer.status == status, "\(method) \(path): \(answer.body)")
            #expect(code.isEmpty || "\(answer.json["status_code"] ?? answer.json["code"] ?? "")" == code, "\(path)")
        }
        #expect(clipyard.stop() == 0)
        #expect(try clipyard.processes("").isEmpty, "something is still running")
        // A process that has ended has written all of its log.
        for (answer, service, path) in asked {
            #expect(try askedProcesses(clipyard, answer) == [service], "\(path)")
        }
    }

    @Test(.timeLimit(.minutes(10))) func aDeadProcessTakesOnlyItsOwnRoutesAndIsStartedAgain() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home", arguments: ["--split"])
        let address = clipyard.api.address
        let first = try #require(try clipyard.processes("serve --services user").first)
        kill(first, SIGKILL)
        let refusal = try await eventually(within: 5, "the dead process does not answer") {
            let answer = try HTTPAnswer("\(address)/douyin/user/")
            return answer.status == 503 ? answer : nil
        }
        #expect(refusal.code == 50301 && refusal.headers["retry-after"] == "5", "\(refusal.body)")
        let problem = try HTTPAnswer("\(address)/api/v1/me")
        #expect(problem.status == 503 && problem.json["code"] as? String == "unavailable", "\(problem.body)")
        for (service, method, path) in Self.routes where service != "user" {
            let answer = try HTTPAnswer(address + path, ["-X", method])
            #expect(answer.status == 200 && answer.code != nil, "\(path): \(answer.body)")
        }
        _ = try await eventually(within: 30, "it is started again") {
            try HTTPAnswer("\(address)/douyin/user/").status == 200 ? true : nil
        }
        #expect(try clipyard.processes("serve --services user") != [first])
        #expect(clipyard.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func whatOneProcessDoesTheOthersKnow() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home", arguments: ["--split"])
        let ada = try clipyard.api.register("ada"), grace = try clipyard.api.register("grace")
        #expect(try codes(clipyard, grace.id, token: ada.token) == [0, 0, 0, 0, 0])
        try await checkPasswordChange(clipyard, of: ada.token, grace.id)
        try await checkLike(clipyard, grace)
        #expect(clipyard.stop() == 0)
    }

    /// What each process answers somebody with a token who asks about another.
    private func codes(_ clipyard: RunningClipyard, _ other: Int64, token: String) throws -> [Int?] {
        try [
            "user/?user_id=\(other)&", "feed/?", "favorite/list/?user_id=\(other)&",
            "relation/follow/list/?user_id=\(other)&", "message/chat/?to_user_id=\(other)&",
        ].map { try HTTPAnswer("\(clipyard.api.address)/douyin/\($0)token=\(token)").code }
    }

    private func checkPasswordChange(_ clipyard: RunningClipyard, of old: String, _ other: Int64) async throws {
        let change = try HTTPAnswer(
            "\(clipyard.api.address)/api/v1/me/password",
            [
                "-X", "PUT", "-H", "Authorization: Bearer \(old)", "-H", "Content-Type: application/json", "-d",
                #"{"old_password":"secret-ada","new_password":"another-secret"}"#,
            ]
        )
        let token = try #require(change.json["token"] as? String, "\(change.body)")
        let revoked = try await eventually(within: 1, "every process has heard that the old token is void") {
            let codes = try codes(clipyard, other, token: old)
            return codes.contains(0) ? nil : codes
        }
        #expect(revoked == [40105, 40105, 40105, 40105, 40105])
        #expect(try codes(clipyard, other, token: token) == [0, 0, 0, 0, 0])
    }

    private func checkLike(_ clipyard: RunningClipyard, _ creator: (id: Int64, token: String)) async throws {
        _ = try clipyard.api.publish(try Clips.short(), title: "Liked", token: creator.token)
        let video = try await clipyard.api.completed(of: creator.id, token: creator.token)
        let like = "video_id=\(video.id)&action_type=1&token=\(creator.token)"
        let liked = try HTTPAnswer("\(clipyard.api.address)/douyin/favorite/action/?\(like)", ["-X", "POST"])
        #expect(liked.code == 0, "\(liked.body)")
        _ = try await eventually(within: 2, "the feed counts the like") {
            let feed = try HTTPAnswer("\(clipyard.api.address)/douyin/feed/?token=\(creator.token)")
            let shown = feed.list("video_list").first
            return shown?["favorite_count"] as? Int == 1 && shown?["is_favorite"] as? Bool == true ? true : nil
        }
    }
}
