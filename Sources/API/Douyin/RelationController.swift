import Database
import Domain
import Hummingbird

/// `/douyin/relation/`: who follows whom, and friends, who follow each other.
struct RelationController {
    let follows: Follows
    let users: Users
    let gate: Gate
    let addresses: PublicAddresses
    let listLimit: Int

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.post, "/douyin/relation/action", .write, use: act)
        routes.on(.get, "/douyin/relation/follow/list", .read, use: listFollowed)
        routes.on(.get, "/douyin/relation/follower/list", .read, use: listFollowers)
        routes.on(.get, "/douyin/relation/friend/list", .read, use: listFriends)
    }

    struct UserListAnswer: DouyinAnswer {
        static let empty = UserListAnswer(users: [])

        let users: [DouyinUser]

        func write(to json: inout JSONWriter) {
            json.member("user_list", users) { json, user in json.object { user.write(to: &$0) } }
        }
    }

    struct FriendListAnswer: DouyinAnswer {
        static let empty = FriendListAnswer(friends: [])

        let friends: [(user: DouyinUser, newest: Friend.NewestMessage?)]

        func write(to json: inout JSONWriter) {
            json.member("user_list", friends) { json, friend in
                json.object { json in
                    friend.user.write(to: &json)
                    json.member("message", friend.newest?.content ?? "")
                    json.member("msgType", friend.newest?.isSent == true ? 1 : 0)
                }
            }
        }
    }

    @Sendable func act(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.requireCaller(parameters, for: .write)
            let other = UserID(rawValue: try parameters.requireInteger("to_user_id"))
            let action = try parameters.requireAction()
            guard other != caller else {
                throw APIError(.ownAccount, "You cannot follow yourself.", chinese: "不能关注自己。")
            }
            let isKnown =
                switch action {
                case .first: try await follows.add(other, by: caller)
                case .second: try await follows.remove(other, by: caller)
                }
            guard isKnown else { throw APIError.unknownUser(other) }
            return NoAnswer.empty
        }
    }

    @Sendable func listFollowed(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let (user, caller) = try await readSubject(request)
            return try await answer(user, try await follows.listFollowed(by: user, viewer: caller, limit: listLimit))
        }
    }

    @Sendable func listFollowers(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let (user, caller) = try await readSubject(request)
            return try await answer(user, try await follows.listFollowers(of: user, viewer: caller, limit: listLimit))
        }
    }

    @Sendable func listFriends(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let (user, caller) = try await readSubject(request)
            let friends = try await follows.listFriends(of: user, viewer: caller, limit: listLimit)
            if friends.isEmpty { try await users.require(user) }
            return FriendListAnswer(
                friends: friends.map { (DouyinUser($0.profile, addresses: addresses), $0.newestMessage) }
            )
        }
    }

    private func answer(_ user: UserID, _ list: [UserProfile]) async throws -> UserListAnswer {
        if list.isEmpty { try await users.require(user) }
        return UserListAnswer(users: list.map { DouyinUser($0, addresses: addresses) })
    }

    private func readSubject(_ request: Request) async throws -> (user: UserID, caller: UserID) {
        let parameters = try await DouyinParameters(request)
        let caller = try await gate.requireCaller(parameters, for: .read)
        return (try gate.subject(parameters, caller: caller), caller)
    }
}
