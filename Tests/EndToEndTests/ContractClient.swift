import Foundation
import Testing

/// A client of the contract that looks at every byte of every answer.
struct ContractClient: Sendable {
    let port: Int

    struct Answer {
        let reply: HTTPReply
        let json: StrictJSON
        let code: ContractCode
        /// What the contract does not allow.
        let problems: [String]

        init(_ reply: HTTPReply, of route: ContractRoute) throws {
            self.reply = reply
            json = try StrictJSON(reply.body)
            let number = json["status_code"].int
            code = try #require(number.flatMap(ContractCode.init), "the status_code \(json["status_code"])")
            var problems = route.shape.violations(in: json)
            if reply.status != 200 { problems.append("HTTP \(reply.status)") }
            let type = reply.headers["content-type"] ?? ""
            if !type.hasPrefix("application/json") { problems.append("the content type \(type)") }
            if json["status_msg"] == .string("") { problems.append("no words") }
            self.problems = problems
        }

        var message: String { json["status_msg"].text ?? "" }

        subscript(name: String) -> StrictJSON { json[name] }
    }

    /// Somebody who has registered.
    struct Member: Sendable {
        let id: Int64
        let name: String
        let token: String
    }

    /// Asks with the parameters in the query and no body, as the app does.
    @discardableResult
    func call(
        _ route: ContractRoute,
        _ parameters: KeyValuePairs<String, Any> = [:],
        headers: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        let request = HTTPRequest(
            method: route.method,
            path: "\(route.path)?\(Self.form(parameters))",
            headers: headers,
            body: route.method == "POST" ? Data() : nil
        )
        return try send(request, as: route, sourceLocation: sourceLocation)
    }

    /// Sends a request as it is and checks the answer against the route's shape.
    @discardableResult
    func send(
        _ request: HTTPRequest,
        as route: ContractRoute,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        let reply = try HTTPConnection(port: port, keepsAlive: false).send(request)
        let answer = try Answer(reply, of: route)
        #expect(answer.problems.isEmpty, "\(request.method) \(request.path)", sourceLocation: sourceLocation)
        return answer
    }

    /// Sends a request whose answer is not of the contract's shape.
    func raw(_ method: String, _ path: String, headers: [String: String] = [:], body: Data? = nil) throws -> HTTPReply {
        try HTTPConnection(port: port, keepsAlive: false)
            .send(HTTPRequest(method: method, path: path, headers: headers, body: body))
    }

    static func form(_ parameters: KeyValuePairs<String, Any>) -> String {
        parameters.map { "\($0.key)=\(escape("\($0.value)"))" }.joined(separator: "&")
    }

    static func escape(_ text: String) -> String {
        text.utf8.reduce(into: "") { escaped, byte in
            let scalar = Unicode.Scalar(byte)
            if byte < 128,
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-._~".unicodeScalars.contains(scalar)
            {
                escaped.unicodeScalars.append(scalar)
            } else {
                escaped += String(format: "%%%02X", byte)
            }
        }
    }
}

/// What people do.
extension ContractClient {
    /// Registers somebody with a name that nobody has yet.
    func join(sourceLocation: SourceLocation = #_sourceLocation) throws -> Member {
        let name = "m" + String(UInt64.random(in: .min ... .max), radix: 36)
        let answer = try call(
            .register,
            ["username": name, "password": "secret-\(name)"],
            sourceLocation: sourceLocation
        )
        try #require(answer.code == .success, "\(answer.message)", sourceLocation: sourceLocation)
        return Member(id: answer["user_id"].int ?? 0, name: name, token: answer["token"].text ?? "")
    }

    func like(_ video: Int64, _ action: Int = 1, by member: Member) throws -> ContractCode {
        try call(.favorite, ["token": member.token, "video_id": video, "action_type": action]).code
    }

    func follow(_ other: Member, _ action: Int = 1, by member: Member) throws -> ContractCode {
        try call(.follow, ["token": member.token, "to_user_id": other.id, "action_type": action]).code
    }

    func comment(_ text: String, on video: Int64, by member: Member) throws -> Answer {
        try call(
            .comment,
            ["token": member.token, "video_id": video, "action_type": 1, "comment_text": text]
        )
    }

    func deleteComment(_ comment: Int64, of video: Int64, by member: Member) throws -> Answer {
        try call(
            .comment,
            ["token": member.token, "video_id": video, "action_type": 2, "comment_id": comment]
        )
    }

    func write(_ text: String, to other: Member, by member: Member) throws -> Answer {
        try call(
            .message,
            ["token": member.token, "to_user_id": other.id, "action_type": 1, "content": text]
        )
    }

    func chat(with other: Member, by member: Member, after time: Any = "") throws -> [StrictJSON] {
        let answer = try call(.chat, ["token": member.token, "to_user_id": other.id, "pre_msg_time": time])
        #expect(answer.code == .success, "\(answer.message)")
        return answer["message_list"].items
    }

    /// A user as somebody sees them.
    func user(_ id: Int64, seenBy member: Member? = nil) throws -> StrictJSON {
        try call(.user, ["user_id": id, "token": member?.token ?? ""])["user"]
    }

    func users(_ route: ContractRoute, of member: Member, seenBy viewer: Member? = nil) throws -> [StrictJSON] {
        let answer = try call(route, ["user_id": member.id, "token": (viewer ?? member).token])
        #expect(answer.code == .success, "\(answer.message)")
        return answer["user_list"].items
    }

    func videos(_ route: ContractRoute, of member: Member, seenBy viewer: Member? = nil) throws -> [StrictJSON] {
        let answer = try call(route, ["user_id": member.id, "token": viewer?.token ?? ""])
        #expect(answer.code == .success, "\(answer.message)")
        return answer["video_list"].items
    }

    func feed(latestTime: Any = "", seenBy member: Member? = nil) throws -> Answer {
        let answer = try call(.feed, ["latest_time": latestTime, "token": member?.token ?? ""])
        #expect(answer.code == .success, "\(answer.message)")
        return answer
    }

    /// The video as it is in the feed of somebody.
    func videoInFeed(_ id: Int64, seenBy member: Member? = nil) throws -> StrictJSON? {
        try feed(seenBy: member)["video_list"].items.first { $0["id"].int == id }
    }
}
