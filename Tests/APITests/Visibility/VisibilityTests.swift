import Database
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Moderation
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import API

/// Nobody learns from any route that something exists which they may not see, and everybody finds what they may.
@Suite struct VisibilityTests {
    /// Requests that name nobody else's things: what is public, what is the caller's own, and what they make.
    private static let naming: Set = [
        "GET /healthz", "GET /readyz", "GET /static/avatar.png", "GET /static/background.jpg", "GET /douyin/feed",
        "POST /douyin/user/register", "POST /douyin/user/login", "GET /api/v1/me", "PATCH /api/v1/me",
        "PUT /api/v1/me/password", "POST /api/v1/me/logout", "POST /api/v1/me/logout-everywhere",
        "PUT /api/v1/me/avatar", "DELETE /api/v1/me/avatar", "PUT /api/v1/me/background",
        "DELETE /api/v1/me/background", "GET /api/v1/me/videos", "POST /douyin/publish/action",
    ]

    /// Parameters that name something: a route that reads one has a rule below.
    private static let namingParameters: Set = ["video_id", "comment_id", "user_id", "to_user_id"]
    private static let otherParameters: Set = [
        "action_type", "comment_text", "content", "cover_follows", "cover_seconds", "cursor", "latest_time", "limit",
        "password", "pipeline", "pre_msg_time", "sha256", "title", "token", "username",
    ]

    @Test(.timeLimit(.minutes(5)), arguments: VideoQuestion.all)
    func aVideoIsAnsweredOfToThoseWhoMaySeeItAndToOthersThereIsNone(question: VideoQuestion) async throws {
        try await withAPI { (api) async throws in
            let place = try await VisibilityPlace(api)
            var videos = try await place.makeVideos()
            for role in VideoQuestion.Role.allCases {
                let none = try await place.ask(question, of: VisibilityPlace.unknown, as: role)
                #expect(none.allSatisfy { !$0.isSuccess }, "\(role)")
                for state in VideoQuestion.State.allCases {
                    let video = try #require(videos[state])
                    let answers = try await place.ask(question, of: video, as: role)
                    if question.states(for: role).contains(state) {
                        for answer in answers { #expect(answer.isSuccess, "\(role) \(state): \(answer)") }
                        if question.isDestructive { videos[state] = try await place.makeVideo(state) }
                    } else if state == .ready, question.forbidden.contains(role) {
                        #expect(answers.allSatisfy { !$0.isSuccess } && answers != none, "\(role): \(answers)")
                    } else {
                        #expect(answers == none, "\(role) learns of a video that is \(state.rawValue)")
                    }
                }
            }
        }
    }

    /// Another user's lists hold what everyone may see, and one's own all that is not removed.
    @Test func listsHoldWhatTheirReaderMaySee() async throws {
        try await withAPI { (api) async throws in
            let place = try await VisibilityPlace(api)
            let videos = try await place.makeVideos()
            let fan = try await api.register("fan")
            for video in videos.values {
                try await api.pool.execute("INSERT INTO favorites VALUES (\(fan.id), \(video.video))")
            }
            // The feed in memory has been told of all.
            try await eventually { try await api.get("/douyin/feed/").videos.count == 1 }
            let open = [videos[.ready]?.video].compactMap(\.self)
            let own = VideoQuestion.own.compactMap { videos[$0]?.video }.sorted(by: >)
            let lists: [(path: String, author: [Int64])] = [
                ("/douyin/feed/?", open), ("/douyin/publish/list/?user_id=\(place.author.id)", own),
                ("/douyin/favorite/list/?user_id=\(fan.id)", open),
            ]
            for list in lists {
                for (token, expected) in [
                    (nil, open), (place.stranger.token, open), (fan.token, open), (place.author.token, list.author),
                ] {
                    let found = try await api.get("\(list.path)&token=\(token ?? "")")
                    #expect(found.videos.compactMap { $0["id"] as? Int64 } == expected, "\(list.path)")
                }
            }
            for (token, expected) in [(place.author.token, own), (place.stranger.token, [])] {
                let items = try await api.get("/api/v1/me/videos?token=\(token)").json["items"] as? [[String: Any]]
                #expect(items?.compactMap { $0["id"] as? Int64 } == expected)
            }
        }
    }

    /// A new route, or another way to name something, needs a rule: a line of one of the tables.
    @Test func everyRouteHasARule() async throws {
        try await withAPI { (api) async throws in
            let services = APIServices(pool: api.pool, store: api.store, moderator: try Moderator(wordListPath: nil))
            let configuration = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
            let router = buildRouter(APIParts(services, configuration: configuration))
            var routes: Set<String> = []
            for route in router.routes where route.method != .options {
                let path = route.path.description.replacing(/[:{]id}?/, with: "*")
                // Of simple-Douyin's addresses each has one method, and a route for each other one that says so.
                if path.hasPrefix("/douyin"), try await api.send(route.method, path).status == .methodNotAllowed {
                    continue
                }
                routes.insert("\(route.method.rawValue) \(path)")
            }
            let rules = Self.naming.union(VideoQuestion.all.map(\.route)).union(UserQuestion.all.map(\.route))
                .union(UploadQuestion.all.map(\.route))
            // HEAD of what has GET is asked as well.
            let unruled = routes.subtracting(rules).filter {
                !($0.hasPrefix("HEAD ") && rules.contains("GET \($0.dropFirst("HEAD ".count))"))
            }
            #expect(unruled.isEmpty, "no rule")
            #expect(rules.subtracting(routes).isEmpty, "no such route")
            #expect(routes.count >= 40)
        }
    }

    /// What routes read by name is known here, so that none names a thing in a way that no table has.
    @Test func everyParameterIsKnown() throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../../Sources/API").standardized
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        var (names, bodies): (Set<String>, Set<String>) = ([], [])
        for file in files {
            let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let reading = /(?:equireInteger|integer|require|field)\("([a-z0-9_]+)"|parameters\["([a-z0-9_]+)"/
            names.formUnion(source.matches(of: reading).compactMap { $0.1 ?? $0.2 }.map(String.init))
            bodies.formUnion(source.matches(of: /readJSON\((\w+)\.self/).map { String($0.1) })
        }
        #expect(names == Self.namingParameters.union(Self.otherParameters))
        #expect(bodies == ["Edit", "PasswordChange"])
    }
}
