import Database
import Domain
import Hummingbird
import Moderation

/// `/douyin/user/`: accounts.
struct AccountController {
    let users: Users
    let passwords: PasswordHasher
    let throttle: LoginThrottle
    let gate: Gate
    let content: ContentCheck
    let addresses: PublicAddresses
    /// In lower case.
    let commonPasswords: Set<String>

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.post, "/douyin/user/register", .account, use: register)
        routes.on(.post, "/douyin/user/login", .account, use: login)
        routes.on(.get, "/douyin/user", .read, use: user)
    }

    struct LoginAnswer: DouyinAnswer {
        static let empty = LoginAnswer(userID: 0, token: "")

        let userID: Int64
        let token: String

        func write(to json: inout JSONWriter) {
            json.member("user_id", userID)
            json.member("token", token)
        }
    }

    struct UserAnswer: DouyinAnswer {
        static let empty = UserAnswer(user: .none)

        let user: DouyinUser

        func write(to json: inout JSONWriter) { json.member("user") { user.write(to: &$0) } }
    }

    @Sendable func register(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let (name, password) = try await readCredentials(request)
            let checked = try content.check(name.rawValue, as: .name)
            try password.require(notAmong: commonPasswords)
            let hash = try await context.untilHangUp { try await passwords.hash(password) }
            let shownName = checked.isHeld ? String(repeating: "*", count: name.rawValue.count) : checked.text
            let id = try await users.create(name, shownName: shownName, isHeld: checked.isHeld, passwordHash: hash)
            guard let id else {
                throw APIError(
                    .usernameTaken,
                    "The username \(name) is taken, or looks like one that is. Choose another.",
                    chinese: "用户名 \(name) 已被使用，或与已有用户名过于相似，请换一个。"
                )
            }
            return LoginAnswer(userID: id.rawValue, token: try await gate.tokens.issue(to: id, version: 0))
        }
    }

    @Sendable func login(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let (name, password) = try await readCredentials(request)
            let address = gate.limits.address(of: request.headers, peer: context.peer)
            let delay = try throttle.charge(.name(name.caseFolded), from: address)
            let credentials = try await users.findCredentials(name)
            let matches = try await context.untilHangUp {
                if delay > .zero { try await Task.sleep(for: delay) }
                return try await passwords.verify(password, against: credentials?.passwordHash)
            }
            guard let credentials, matches else { throw APIError.wrongCredentials }
            throttle.succeed(.name(name.caseFolded), from: address)
            try await renewHash(of: credentials, password, context)
            let token = try await gate.tokens.issue(to: credentials.id, version: credentials.tokenVersion)
            return LoginAnswer(userID: credentials.id.rawValue, token: token)
        }
    }

    @Sendable func user(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.caller(parameters, for: .read)
            let id = try gate.subject(parameters, caller: caller)
            guard let user = try await users.find(id, viewer: caller) else { throw APIError.unknownUser(id) }
            return UserAnswer(user: DouyinUser(user, addresses: addresses))
        }
    }

    /// A hash made at another cost than is set now is replaced while the password is at hand.
    private func renewHash(of credentials: Credentials, _ password: Password, _ context: APIContext) async throws {
        guard passwords.needsRenewal(credentials.passwordHash) else { return }
        let hash = try await context.untilHangUp { try await passwords.hash(password) }
        try await users.rehash(credentials.id, from: credentials.passwordHash, to: hash)
    }

    private func readCredentials(_ request: Request) async throws -> (Username, Password) {
        let parameters = try await DouyinParameters(request)
        let name = try APIError.translating(to: .invalidUsername) { try Username(parameters.require("username")) }
        let password = try APIError.translating(to: .invalidPassword) { try Password(parameters.require("password")) }
        return (name, password)
    }
}
