import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import API

/// How logins end before their tokens expire.
@Suite struct SessionTests {
    private func logIn(_ api: TestAPI) async throws -> String {
        try await api.post("/douyin/user/login/?username=ada&password=secret").token
    }

    private func end(_ route: String, _ token: String, _ api: TestAPI) async throws -> HTTPResponse.Status {
        try await api.send(.post, "/api/v1/me/\(route)", headers: [.authorization: "Bearer \(token)"]).status
    }

    private func code(_ token: String, _ api: TestAPI) async throws -> Int? {
        try await api.get("/douyin/user/?token=\(token)").code
    }

    @Test func aLogoutEndsOneLogin() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let other = try await logIn(api)
            #expect(try await end("logout", other, api) == .noContent)
            #expect(try await code(other, api) == 40105)
            #expect(try await end("logout", other, api) == .unauthorized)
            #expect(try await code(ada.token, api) == 0)
        }
    }

    @Test func aLogoutEverywhereEndsAll() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let other = try await logIn(api)
            #expect(try await end("logout-everywhere", other, api) == .noContent)
            for token in [ada.token, other] { #expect(try await code(token, api) == 40105) }
            #expect(try await code(try await logIn(api), api) == 0)
        }
    }

    @Test func otherProcessesLearnOfALogout() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let revoked = RevokedTokens(Users(api.pool), lifetime: .seconds(60))
            let elsewhere = AccessTokens(secret: TestAPI.secret, lifetime: .seconds(60), revoked: revoked)
            try await revoked.reload()
            #expect(try await elsewhere.verify(ada.token).rawValue == ada.id)
            #expect(try await end("logout", ada.token, api) == .noContent)
            try await revoked.reload()
            let error = await #expect(throws: APIError.self) { try await elsewhere.verify(ada.token) }
            #expect(error?.code == .revokedToken)
        }
    }

    /// A token that was revoked an hour ago must not be good for the first requests after a start.
    @Test func noTokenIsGoodBeforeRevocationsAreKnown() async throws {
        let pool = PostgresPool(PostgresConfiguration(conninfo: "host=/nowhere"), logger: .quiet)
        let revoked = RevokedTokens(Users(pool), lifetime: .seconds(60))
        let tokens = AccessTokens(secret: TestAPI.secret, lifetime: .seconds(60), revoked: revoked)
        let token = try await tokens.issue(to: UserID(rawValue: 1), version: 0)
        let error = await #expect(throws: APIError.self) { try await tokens.verify(token) }
        #expect(error?.code == .unavailable)
        #expect(tokens.recall(token) == nil)
    }

    @Test func whoHangsUpLeavesTheLineForPasswords() async throws {
        var configuration = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
        configuration.passwordThreads = 1
        let hasher = PasswordHasher(configuration)
        let password = try Password("a password")
        let first = Task { for _ in 0..<20 { _ = try await hasher.hash(password) } }
        while await hasher.waitingCount == 0 {
            let waiting = Task { try await hasher.hash(password) }
            try await Task.sleep(for: .milliseconds(1))
            waiting.cancel()
            _ = await waiting.result
            if await hasher.waitingCount == 0 { break }
        }
        first.cancel()
        _ = await first.result
        #expect(await hasher.waitingCount == 0)
        _ = try await hasher.hash(password)
    }

    @Test func theCommonestPasswordsAreRefusedWhereOneIsChosen() async throws {
        try await withAPI(configure: { $0.commonPasswords = ["iloveyou"] }) { (api) async throws in
            #expect(try await api.post("/douyin/user/register/?username=ada&password=ILoveYou").code == 40004)
            let ada = try await api.register("ada")
            let body = ByteBuffer(string: #"{"old_password":"secret","new_password":"iloveyou"}"#)
            let headers: HTTPFields = [.authorization: "Bearer \(ada.token)"]
            #expect(try await api.send(.put, "/api/v1/me/password", headers: headers, body: body).status == .badRequest)
        }
    }
}
