import Foundation
import ObjectStorage

/// The few calls of the HTTP API that `clipyard up` makes to what it has started.
struct APIClient {
    /// For example `http://127.0.0.1:8080`, without a slash at the end.
    let server: String
    /// A certificate is for the name that others know this machine by.
    private let http = CurlClient(trust: .anyone)

    /// Waits until every service answers, and the database with them.
    ///
    /// - Throws: ``UpError`` after a minute.
    func waitUntilReady() async throws {
        // Behind a gateway `/readyz` is one process's; refusals of the others have the status 200, too.
        let user = "/static/avatar.png", interaction = "/douyin/comment/list/"
        let relation = "/douyin/relation/follow/list/", message = "/douyin/message/chat/"
        for path in ["/readyz", user, interaction, relation, message] { try await waitUntilAnswered(path) }
    }

    private func waitUntilAnswered(_ path: String) async throws {
        for _ in 0..<600 {
            if let answer = try? await http.get("\(server)\(path)"), answer.status == 200 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw UpError("\(server)\(path) does not get ready. The logs say why.")
    }

    /// Makes an account and returns its token.
    func register(name: String, password: String) async throws -> String {
        let fields = [("username", name), ("password", password)]
        return try decode(Session.self, try await http.post("\(server)/douyin/user/register/", fields: fields)).token
    }

    /// Uploads a file and returns once it is stored and its processing is queued.
    ///
    /// - Throws: ``UpError`` in the server's words, if it refuses.
    func publish(file: String, title: String, token: String) async throws {
        let answer = try await http.upload(
            to: "\(server)/douyin/publish/action/",
            files: [("data", file)],
            fields: [("token", token), ("title", title)]
        )
        _ = try decode(Status.self, answer)
    }

    private func decode<Answer: APIAnswer>(_ type: Answer.Type, _ answer: CurlResponse) throws -> Answer {
        guard let decoded = try? JSONDecoder().decode(type, from: Data(answer.body)) else {
            throw UpError("\(server) answered \(answer.status), which is not what a Clipyard server answers.")
        }
        guard decoded.status_code == 0 else { throw UpError(decoded.status_msg) }
        return decoded
    }
}

// The names are those of the wire.
private protocol APIAnswer: Decodable {
    var status_code: Int { get }
    var status_msg: String { get }
}

private struct Status: APIAnswer {
    let status_code: Int
    let status_msg: String
}

private struct Session: APIAnswer {
    let status_code: Int
    let status_msg: String
    let token: String
}
