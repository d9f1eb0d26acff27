import Database
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Moderation
import NIOCore
import Postgres
import Testing

@testable import API

/// Nobody learns from any route that a video exists which they may not see.
@Suite struct VisibilityTests {
    /// What can have become of a video that strangers must not know of.
    private static let states = ["processing", "failed", "removed", "held", "hidden"]

    /// Each route that names a video, as a stranger sends it; the table of routes decides which there must be.
    private static let routes: [(method: HTTPRequest.Method, path: String)] = [
        (.get, "/v/{id}/play.mp4"), (.get, "/v/{id}/cover.jpg"), (.get, "/api/v1/videos/{id}"),
        (.delete, "/api/v1/videos/{id}"), (.get, "/api/v1/videos/{id}/comments"),
        (.get, "/internal/videos/{id}/access"), (.get, "/media/videos/{id}/1/play.mp4"),
        (.get, "/douyin/comment/list/?video_id={id}"),
        (.post, "/douyin/comment/action/?video_id={id}&action_type=1&comment_text=Hello"),
        (.post, "/douyin/comment/action/?video_id={id}&action_type=2&comment_id={comment}"),
        (.post, "/douyin/favorite/action/?video_id={id}&action_type=1"),
        (.post, "/douyin/favorite/action/?video_id={id}&action_type=2"),
    ]

    /// Videos of each state, and their comments; `unknown` is the id of none.
    private func makeVideos(of author: (id: Int64, token: String), _ api: TestAPI) async throws -> [String: (
        Int64, Int64
    )] {
        // Numbers that are no part of a status or of another number.
        try await api.pool.execute("ALTER TABLE videos ALTER id RESTART WITH 700001")
        try await api.pool.execute("ALTER TABLE comments ALTER id RESTART WITH 800001")
        var videos = ["unknown": (Int64(900_001), Int64(900_002))]
        for (index, state) in Self.states.enumerated() {
            #expect(try await api.publish(Clip.make(size: 60_000 + index), token: author.token).code == 0)
            let id = try #require(try await api.pool.first("SELECT max(id) FROM videos", as: Int64.self))
            let comment = try await api.pool.first(
                "INSERT INTO comments (video_id, author_id, text) VALUES (\(id), \(author.id), 'Hello') RETURNING id",
                as: Int64.self
            )
            if ["held", "hidden", "removed"].contains(state) { try await api.makeReady(id) }
            switch state {
            case "failed":
                try await api.videos.fail(.init(rawValue: id), code: "damaged", reason: "Damaged.", in: api.pool)
            case "removed": #expect(try await api.videos.remove(.init(rawValue: id), by: .init(rawValue: author.id)))
            case "held": try await api.pool.execute("UPDATE videos SET visibility = 'held' WHERE id = \(id)")
            case "hidden": #expect(try await api.videos.hide(.init(rawValue: id)))
            default: break
            }
            videos[state] = (id, try #require(comment))
        }
        return videos
    }

    /// Everything that is answered, but for the numbers that were asked with.
    private func answer(
        _ route: (method: HTTPRequest.Method, path: String),
        _ video: (Int64, Int64),
        token: String?,
        _ api: TestAPI
    ) async throws -> String {
        let path = route.path.replacing("{id}", with: "\(video.0)").replacing("{comment}", with: "\(video.1)")
        let headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
        let response = try await api.send(route.method, path, headers: headers)
        let fields = response.headers.filter { $0.name.canonicalName != "x-request-id" && $0.name != .contentLength }
        let named = fields.map { "\($0.name): \($0.value)" }.sorted().joined(separator: "\n")
        let body = try canonical(response.body).replacing("\(video.0)", with: "#").replacing("\(video.1)", with: "#")
        return "\(response.status.code)\n\(named)\n\(body)"
    }

    /// A body whose members are in order, without the number of the request.
    private func canonical(_ body: ByteBuffer) throws -> String {
        let data = Data(body.readableBytesView)
        guard var members = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            return String(buffer: body)
        }
        members["instance"] = nil
        let sorted = try JSONSerialization.data(withJSONObject: members, options: .sortedKeys)
        return String(decoding: sorted, as: UTF8.self)
    }

    @Test func strangersCannotTellAVideoTheyMayNotSeeFromNone() async throws {
        try await withAPI { (api) async throws in
            let (ada, eve) = (try await api.register("ada"), try await api.register("eve"))
            let videos = try await makeVideos(of: ada, api)
            let unknown = try #require(videos["unknown"])
            for route in Self.routes {
                for token in [nil, eve.token] {
                    let expected = try await answer(route, unknown, token: token, api)
                    for state in Self.states {
                        let video = try #require(videos[state])
                        let found = try await answer(route, video, token: token, api)
                        #expect(found == expected, "\(route.method) \(route.path) tells a video that is \(state)")
                    }
                }
            }
        }
    }

    /// A new route whose path names a video needs a line above.
    @Test func everyRouteThatNamesAVideoIsInTheTable() async throws {
        try await withAPI { (api) async throws in
            let services = APIServices(pool: api.pool, store: api.store, moderator: try Moderator(wordListPath: nil))
            let configuration = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
            let router = buildRouter(APIParts(services, configuration: configuration))
            let paths = router.routes.filter { [.get, .post, .put, .patch, .delete].contains($0.method) }
                .map { "\($0.method.rawValue) \($0.path.description)" }
                .filter { ($0.contains("/videos/") || $0.contains(" /v/") || $0.contains("/media/")) }
            #expect(paths.count >= 6)
            let known = Set(Self.routes.map { "\($0.method.rawValue) \($0.path.replacing("{id}", with: "*"))" })
            for path in paths where !path.contains("**") {
                let pattern = path.replacing(/[:{]id}?/, with: "*")
                #expect(known.contains(pattern), "\(path) has no rule")
            }
        }
    }
}
