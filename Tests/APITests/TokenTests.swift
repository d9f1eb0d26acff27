import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import JWTKit
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import API

@Suite struct TokenTests {
    private let tokens = makeTokens()

    /// Nothing is revoked, so the pool is never asked.
    private static func makeTokens(secret: String = TestAPI.secret, lifetime: Duration = .seconds(60)) -> AccessTokens {
        let pool = PostgresPool(PostgresConfiguration(conninfo: "host=/nowhere"), logger: .quiet)
        let revoked = RevokedTokens(Users(pool), lifetime: lifetime, isLoaded: true)
        return AccessTokens(secret: secret, lifetime: lifetime, revoked: revoked)
    }

    private func refusal(of token: String) async -> APIErrorCode? {
        await #expect(throws: APIError.self) { try await tokens.verify(token) }?.code
    }

    @Test func aTokenNamesItsUser() async throws {
        #expect(try await tokens.verify(tokens.issue(to: UserID(rawValue: 42), version: 0)) == UserID(rawValue: 42))
    }

    @Test func anOldTokenHasExpired() async throws {
        let old = Self.makeTokens(lifetime: .seconds(-10))
        #expect(await refusal(of: try await old.issue(to: UserID(rawValue: 42), version: 0)) == .expiredToken)
    }

    @Test func aTokenOfAnotherSecretIsRefused() async throws {
        let other = Self.makeTokens(secret: "another secret of thirty-two bytes")
        #expect(await refusal(of: try await other.issue(to: UserID(rawValue: 42), version: 0)) == .invalidToken)
    }

    @Test func aChangedTokenIsRefused() async throws {
        let parts = try await tokens.issue(to: UserID(rawValue: 42), version: 0).split(separator: ".").map(String.init)
        let claims = Data(#"{"sub":"1","iat":1,"exp":99999999999}"#.utf8).base64EncodedString().replacing("=", with: "")
        #expect(await refusal(of: "\(parts[0]).\(claims).\(parts[2])") == .invalidToken)
        let none = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString().replacing("=", with: "")
        #expect(await refusal(of: "\(none).\(claims).") == .invalidToken)
        #expect(await refusal(of: "\(none).\(claims).\(parts[2])") == .invalidToken)
    }

    @Test func aRevokedTokenIsRefusedAndNewerOnesAreNot() async throws {
        let pool = PostgresPool(PostgresConfiguration(conninfo: "host=/nowhere"), logger: .quiet)
        let revoked = RevokedTokens(Users(pool), lifetime: .seconds(60), isLoaded: true)
        let tokens = AccessTokens(secret: TestAPI.secret, lifetime: .seconds(60), revoked: revoked)
        let (ada, bob) = (UserID(rawValue: 42), UserID(rawValue: 43))
        let (old, new) = (try await tokens.issue(to: ada, version: 0), try await tokens.issue(to: ada, version: 1))
        #expect(try await tokens.verify(old) == ada)
        revoked.revoke(ada, before: 1)
        #expect(await #expect(throws: APIError.self) { try await tokens.verify(old) }?.code == .revokedToken)
        #expect(try await tokens.verify(new) == ada)
        #expect(try await tokens.verify(tokens.issue(to: bob, version: 0)) == bob)
    }

    @Test func aTokenExpiresAlsoWhereItIsRemembered() async throws {
        let token = try await tokens.issue(to: UserID(rawValue: 42), version: 0)
        #expect(try await tokens.verify(token) == UserID(rawValue: 42))
        let later = Date().addingTimeInterval(61)
        #expect(
            await #expect(throws: APIError.self) { try await tokens.verify(token, at: later) }?.code == .expiredToken
        )
    }

    @Test(arguments: ["", "x", "a.b.c", "..", String(repeating: "a.", count: 10_000)])
    func whatIsNoTokenIsRefused(token: String) async {
        #expect(await refusal(of: token) == .invalidToken)
    }

    @Test func routesTakeTheTokenFromEverywhereAndRefuseAWrongOne() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let response = try await api.send(.get, "/douyin/user/", headers: [.authorization: "Bearer \(ada.token)"])
            #expect(try Answer(response).user["id"] as? Int64 == ada.id)
            for route in ["user/?user_id=\(ada.id)&", "feed/?", "publish/list/?user_id=\(ada.id)&"] {
                #expect(try await api.get("/douyin/\(route)token=\(ada.token)").code == 0)
                #expect(try await api.get("/douyin/\(route)token=").code == 0)
                let wrong = try await api.get("/douyin/\(route)token=wrong")
                #expect(wrong.status == .ok && wrong.code == 40102 && wrong.message.contains("Log in"))
            }
        }
    }
}
