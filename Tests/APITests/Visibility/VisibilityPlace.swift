import Database
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ObjectStorage
import Postgres
import Testing

@testable import API

/// An author with a video of each state, a stranger, and the requests that they send.
struct VisibilityPlace: Sendable {
    typealias State = VideoQuestion.State

    /// A video and a comment of its author's on it.
    struct Named: Sendable {
        let video: Int64
        let comment: Int64
    }

    /// The numbers of none, as long as those of others.
    static let unknown = Named(video: 900_001, comment: 900_002)

    let api: TestAPI
    let author: (id: Int64, token: String)
    let stranger: (id: Int64, token: String)

    init(_ api: TestAPI) async throws {
        self.api = api
        (author, stranger) = (try await api.register("ada"), try await api.register("eve"))
        // Numbers that are no part of a status or of another number.
        for (table, first) in [("videos", 700_001), ("comments", 800_001)] {
            try await api.pool.execute(SQL(verbatim: "ALTER TABLE \(table) ALTER id RESTART WITH \(first)"))
        }
    }

    func token(of role: VideoQuestion.Role) -> String? {
        switch role {
        case .nobody: nil
        case .stranger: stranger.token
        case .author: author.token
        }
    }

    /// A video of each state, its title that of the state after `secret`, or `open` where everyone may see it.
    func makeVideos() async throws -> [State: Named] {
        var videos: [State: Named] = [:]
        for state in State.allCases { videos[state] = try await makeVideo(state) }
        return videos
    }

    func makeVideo(_ state: State) async throws -> Named {
        let title = "\(state == .ready ? "open" : "secret") \(state.rawValue)"
        // Other bytes each time: nothing is shared.
        let file = Clip.make(size: 60_000) + Array("\(UUID())".utf8)
        #expect(try await api.publish(file, title: title, token: author.token).code == 0)
        let id = try #require(try await api.pool.first("SELECT max(id) FROM videos", as: Int64.self))
        let video = VideoID(rawValue: id)
        try await api.store.put(ObjectKey("videos/\(id)/1/play.mp4"), bytes: ByteBuffer(string: "media"))
        if ![.processing, .failed].contains(state) { try await api.makeReady(id) }
        switch state {
        case .ready, .processing: break
        case .failed: try await api.videos.fail(video, code: "damaged", reason: "Damaged.", in: api.pool)
        case .removed: #expect(try await api.videos.remove(video, by: UserID(rawValue: author.id)))
        case .held:
            // The feed in memory is told of the first.
            #expect(try await api.videos.hide(video))
            try await api.pool.execute("UPDATE videos SET visibility = 'held' WHERE id = \(id)")
        case .hidden: #expect(try await api.videos.hide(video))
        }
        return Named(video: id, comment: try await makeComment(on: id))
    }

    func makeComment(on video: Int64) async throws -> Int64 {
        let insert: SQL = """
            INSERT INTO comments (video_id, author_id, text) VALUES (\(video), \(author.id), 'Hello') RETURNING id
            """
        return try #require(try await api.pool.first(insert, as: Int64.self))
    }

    /// What a signed address of a video begins with: its author has given it to everybody.
    private func signed(_ video: Int64) -> String {
        let configuration = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
        let links = PrivateLinks(secret: configuration.mediaSecret, lifetimeSeconds: 600)
        return links.signature(for: "videos/\(video)/1") + "videos/\(video)/1"
    }

    /// Sends a question about a video in each way in which it can be sent.
    func ask(_ question: VideoQuestion, of named: Named, as role: VideoQuestion.Role) async throws -> [VisibleAnswer] {
        var answers: [VisibleAnswer] = []
        for way in RequestWay.all(for: question) {
            var named = named
            // It may be gone by now.
            if named != Self.unknown, question.parameters.contains(where: { $0.1 == "{comment}" }) {
                named = Named(video: named.video, comment: try await makeComment(on: named.video))
            }
            func filled(_ text: String) -> String {
                text.replacing("{id}", with: "\(named.video)").replacing("{comment}", with: "\(named.comment)")
                    .replacing("{signed}", with: signed(named.video))
            }
            let parameters = question.parameters.map { ($0.0, filled($0.1)) }
            let request = way.request(question.method, filled(question.path), parameters, token: token(of: role))
            let response = try await api.send(
                request.method,
                request.path,
                headers: request.headers,
                body: request.body
            )
            answers.append(try VisibleAnswer(response, without: [named.video, named.comment]))
        }
        return answers
    }
}

extension VisibilityPlace.Named: Equatable {}

/// Where a request has its parameters.
enum RequestWay {
    case query, form, json, head

    static func all(for question: VideoQuestion) -> [RequestWay] {
        if !question.parameters.isEmpty { return [.query, .form, .json] }
        return question.method == .get ? [.query, .head] : [.query]
    }

    func request(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ parameters: [(String, String)],
        token: String?
    ) -> (method: HTTPRequest.Method, path: String, headers: HTTPFields, body: ByteBuffer?) {
        var headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
        let pairs = parameters.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        switch self {
        case .query: return (method, pairs.isEmpty ? path : "\(path)?\(pairs)", headers, nil)
        case .head: return (.head, path, headers, nil)
        case .form:
            headers[.contentType] = "application/x-www-form-urlencoded"
            return (method, path, headers, ByteBuffer(string: pairs))
        case .json:
            headers[.contentType] = "application/json"
            let members = parameters.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
            return (method, path, headers, ByteBuffer(string: "{\(members)}"))
        }
    }
}

/// Everything that is answered, but for the numbers that were asked with.
struct VisibleAnswer: Equatable, CustomStringConvertible {
    let status: Int
    let description: String
    /// Of `/douyin/`.
    private let code: Int?

    /// What was asked for was given or done.
    var isSuccess: Bool { status < 400 && (code ?? 0) == 0 }

    init(_ response: TestResponse, without numbers: [Int64]) throws {
        status = response.status.code
        let object = try? JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        var members = object as? [String: Any]
        code = members?["status_code"] as? Int
        // The number of the request.
        members?["instance"] = nil
        let json = try members.map { try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys) }
        let body = json.map { String(decoding: $0, as: UTF8.self) } ?? String(buffer: response.body)
        let varying: Set = ["x-request-id", "content-length", "upload-expires"]
        let fields = response.headers.filter { !varying.contains($0.name.canonicalName) }
        let named = fields.map { "\($0.name): \($0.value)" }.sorted().joined(separator: "\n")
        description = numbers.reduce("\(status)\n\(named)\n\(body)") { $0.replacing("\($1)", with: "#") }
    }
}
