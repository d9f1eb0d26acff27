import Foundation
import Testing

/// What nginx does by itself.
@Suite(.serialized) struct GatewayTests {
    private func register(_ clipyard: RunningClipyard, _ arguments: [String] = []) throws -> HTTPAnswer {
        try HTTPAnswer("\(clipyard.api.address)/douyin/user/register/", ["-X", "POST"] + arguments)
    }

    /// Asks until it is too much.
    private func refusal(_ clipyard: RunningClipyard, _ path: String) throws -> HTTPAnswer {
        for _ in 0..<1000 {
            let answer = try HTTPAnswer(clipyard.api.address + path)
            if answer.status != 200 { return answer }
        }
        throw NeverRefused()
    }

    private struct NeverRefused: Error {}

    @Test(.timeLimit(.minutes(10))) func tooManyRequestsAreRefusedInTheShapeThatTheClientSpeaks() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_GATEWAY_LIMIT": "100/10", "CLIPYARD_GATEWAY_LIMIT_ACCOUNT": "3/60"]
        )
        let registrations = try (1...4).map { _ in try register(clipyard) }
        #expect(registrations.map(\.status) == [200, 200, 200, 429])
        let tooMany = try #require(registrations.last)
        #expect(tooMany.code == 42901 && (tooMany.json["status_msg"] as? String)?.contains("20 s") == true)
        #expect(tooMany.headers["retry-after"] == "20")

        let feed = try refusal(clipyard, "/douyin/feed")
        #expect(feed.status == 429 && feed.code == 42901 && feed.headers["retry-after"] == "1", "\(feed.body)")
        let health = try refusal(clipyard, "/healthz")
        #expect(health.status == 429 && health.json["code"] as? String == "rate_limited", "\(health.body)")
        #expect(health.headers["content-type"] == "application/problem+json")
        _ = try await eventually(within: 10, "asking less often is answered") {
            try HTTPAnswer("\(clipyard.api.address)/healthz").status == 200 ? true : nil
        }
        #expect(clipyard.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func aClientCannotSayThatItComesFromElsewhere() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: [
                "CLIPYARD_LIMIT_ACCOUNT_PER_ADDRESS": "2/600", "CLIPYARD_GATEWAY_LIMIT": "off",
                "CLIPYARD_GATEWAY_LIMIT_ACCOUNT": "off",
            ]
        )
        let statuses = try (1...4).map { try register(clipyard, ["-H", "X-Forwarded-For: 192.0.2.\($0)"]).status }
        #expect(statuses == [200, 200, 429, 429])
        #expect(clipyard.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func usersPicturesAreServedAsPicturesAndNothingElse() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        let address = clipyard.api.address
        let picture = "\(folder.path)/picture.png"
        _ = try HTTPAnswer("\(address)/static/avatar.png", ["-o", picture])
        let token = try clipyard.api.register("ada").token
        let profile = try HTTPAnswer(
            "\(address)/api/v1/me/avatar",
            ["-T", picture, "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: image/png"]
        )
        let avatar = try #require(profile.json["avatar"] as? String, "\(profile.body)")
        #expect(avatar.hasPrefix("\(address)/media/profiles/"))
        let copy = "\(folder.path)/copy.png"
        let answer = try HTTPAnswer(avatar, ["-o", copy])
        #expect(FileManager.default.contentsEqual(atPath: picture, andPath: copy))
        #expect(answer.status == 200 && answer.headers["content-type"] == "image/png")
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        #expect(answer.headers["content-security-policy"] == "default-src 'none'")
        #expect(try HTTPAnswer("\(address)/media/profiles/1/none.png").status == 404)
        #expect(try HTTPAnswer("\(address)/media/profiles/../sources/", ["--path-as-is"]).status == 404)
        #expect(clipyard.stop() == 0)
    }
}
