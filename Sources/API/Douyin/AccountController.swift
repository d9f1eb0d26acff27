import Database
import Domain
import Hummingbird

/// `/douyin/user/`: accounts.
struct AccountController {
    let users: Users
    let passwords: PasswordHasher
    let tokens: AccessTokens
    let addresses: PublicAddresses

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.post, "/douyin/user/register", use: register)
        routes.on(.post, "/douyin/user/login", use: login)
        routes.on(.get, "/douyin/user", use: user)
    }

    struct LoginAnswer: DouyinAnswer {
        static let empty = LoginAnswer(userID: 0, token: "")

        let userID: Int64
        let token: String

        enum CodingKeys: String, CodingKey {
            case userID = "user_id"
            case token
        }
    }

    struct UserAnswer: DouyinAnswer {
        static let empty = UserAnswer(user: DouyinUser())

        let user: DouyinUser
    }

    @Sendable func register(_ request: Request, context: APIContext) async throws -> Response {
        try await context.answer {
            let (name, password) = try await readCredentials(request)
            let hash = try await passwords.hash(password)
            guard let id = try await users.create(name, passwordHash: hash) else {
                throw APIError(.usernameTaken, "The username \(name) is taken. Choose another.")
            }
            return LoginAnswer(userID: id.rawValue, token: try await tokens.issue(to: id))
        }
    }

    @Sendable func login(_ request: Request, context: APIContext) async throws -> Response {
        try await context.answer {
            let (name, password) = try await readCredentials(request)
            let credentials = try await users.findCredentials(name)
            let matches = try await passwords.verify(password, against: credentials?.passwordHash)
            guard let id = credentials?.id, matches else {
                throw APIError(.wrongCredentials, "The username or the password is wrong.")
            }
            return LoginAnswer(userID: id.rawValue, token: try await tokens.issue(to: id))
        }
    }

    @Sendable func user(_ request: Request, context: APIContext) async throws -> Response {
        try await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await tokens.caller(parameters)
            let id = try tokens.subject(parameters, caller: caller)
            guard let user = try await users.find(id, viewer: caller) else { throw APIError.unknownUser(id) }
            return UserAnswer(user: DouyinUser(user, addresses: addresses))
        }
    }

    private func readCredentials(_ request: Request) async throws -> (Username, Password) {
        let parameters = try await DouyinParameters(request)
        let name = try APIError.translating(to: .invalidUsername) { try Username(parameters.require("username")) }
        let password = try APIError.translating(to: .invalidPassword) { try Password(parameters.require("password")) }
        return (name, password)
    }
}

extension APIError {
    static func unknownUser(_ id: UserID) -> APIError { APIError(.unknownUser, "There is no user \(id).") }

    /// Gives what a person typed wrong the code of its field.
    static func translating<Value>(to code: APIErrorCode, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let refusal as InputRefusal {
            throw APIError(code, refusal.message)
        }
    }
}
