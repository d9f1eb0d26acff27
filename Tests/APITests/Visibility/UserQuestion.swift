import HTTPTypes

/// One way in which a request names a user.
struct UserQuestion: Sendable, CustomStringConvertible {
    let route: String
    /// With `{user}` for the user.
    let parameters: [(String, String)]
    /// Whether somebody must be logged in.
    let isForMembers: Bool

    var method: HTTPRequest.Method { HTTPRequest.Method(String(route.prefix { $0 != " " })) ?? .get }
    var path: String { route.drop { $0 != " " }.dropFirst() + "/" }
    var description: String { "\(route) \(parameters)" }

    private init(_ route: String, _ parameters: [(String, String)], isForMembers: Bool = true) {
        (self.route, self.parameters, self.isForMembers) = (route, parameters, isForMembers)
    }

    private static let user = [("user_id", "{user}")]
    private static let other = [("to_user_id", "{user}")]

    static let all = [
        UserQuestion("GET /douyin/user", user, isForMembers: false),
        UserQuestion("GET /douyin/publish/list", user, isForMembers: false),
        UserQuestion("GET /douyin/favorite/list", user, isForMembers: false),
        UserQuestion("GET /douyin/relation/follow/list", user),
        UserQuestion("GET /douyin/relation/follower/list", user),
        UserQuestion("GET /douyin/relation/friend/list", user),
        UserQuestion("POST /douyin/relation/action", other + [("action_type", "1")]),
        UserQuestion("POST /douyin/relation/action", other + [("action_type", "2")]),
        UserQuestion("GET /douyin/message/chat", other),
        UserQuestion("POST /douyin/message/action", other + [("action_type", "1"), ("content", "Hello")]),
    ]
}
