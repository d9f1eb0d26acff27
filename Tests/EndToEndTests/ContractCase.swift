import Foundation

/// A call that succeeds, in parts that tests put together in their own ways.
struct ContractCase {
    let route: ContractRoute
    /// All but the token.
    let parameters: [(name: String, value: String)]
    /// The names of those that are whole numbers.
    let integers: [String]

    private init(_ route: ContractRoute, _ parameters: KeyValuePairs<String, Any>, integers: [String] = []) {
        self.route = route
        self.parameters = parameters.map { ($0.key, "\($0.value)") }
        self.integers = integers
    }

    /// Every route but publish/action, whose parameters are a form; each works any number of times, except registering.
    static func all(caller: ContractClient.Member, other: ContractClient.Member, video: Int64) -> [ContractCase] {
        let name = "n" + String(UInt64.random(in: .min ... .max), radix: 36)
        return [
            .init(.feed, ["latest_time": 1_900_000_000_000], integers: ["latest_time"]),
            .init(.register, ["username": name, "password": "a2345"]),
            .init(.login, ["username": caller.name, "password": "secret-\(caller.name)"]),
            .init(.user, ["user_id": other.id], integers: ["user_id"]),
            .init(.published, ["user_id": other.id], integers: ["user_id"]),
            .init(.favorite, ["video_id": video, "action_type": 1], integers: ["video_id", "action_type"]),
            .init(.favorites, ["user_id": other.id], integers: ["user_id"]),
            .init(
                .comment,
                ["video_id": video, "action_type": 1, "comment_text": "a & b = 100 %, 一百"],
                integers: ["video_id", "action_type"]
            ),
            .init(.comments, ["video_id": video], integers: ["video_id"]),
            .init(.follow, ["to_user_id": other.id, "action_type": 1], integers: ["to_user_id", "action_type"]),
            .init(.followed, ["user_id": other.id], integers: ["user_id"]),
            .init(.followers, ["user_id": other.id], integers: ["user_id"]),
            .init(.friends, ["user_id": other.id], integers: ["user_id"]),
            .init(
                .chat,
                ["to_user_id": other.id, "pre_msg_time": 1_600_000_000_000],
                integers: ["to_user_id", "pre_msg_time"]
            ),
            .init(
                .message,
                ["to_user_id": other.id, "action_type": 1, "content": "你好 + hello"],
                integers: ["to_user_id", "action_type"]
            ),
        ]
    }

    /// With its parameters in the query, some of them replaced, added or, where `nil`, left out.
    func request(replacing changes: [String: String?] = [:], headers: [String: String] = [:]) -> HTTPRequest {
        var kept = parameters.filter { changes[$0.name] == nil }
        kept += changes.compactMap { name, value in value.map { (name, $0) } }
        return HTTPRequest(
            method: route.method,
            path: "\(route.path)?\(Self.form(kept))",
            headers: headers,
            body: route.method == "POST" ? Data() : nil
        )
    }

    static func form(_ parameters: [(name: String, value: String)]) -> String {
        parameters.map { "\($0.name)=\(ContractClient.escape($0.value))" }.joined(separator: "&")
    }
}
