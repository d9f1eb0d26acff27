import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import JWTKit
import NIOCore
import Testing

@testable import API

@Suite struct TokenTests {
    let tokens = AccessTokens(secret: TestAPI.secret, lifetime: .seconds(60))

    private func refusal(of token: String) async -> APIErrorCode? {
        await #expect(throws: APIError.self) { try await tokens.verify(token) }?.code
    }

    @Test func aTokenNamesItsUser() async throws {
        #expect(try await tokens.verify(tokens.issue(to: UserID(rawValue: 42))) == UserID(rawValue: 42))
    }

    @Test func anOldTokenHasExpired() async throws {
        let old = AccessTokens(secret: TestAPI.secret, lifetime: .seconds(-10))
        #expect(await refusal(of: try await old.issue(to: UserID(rawValue: 42))) == .expiredToken)
    }

    @Test func aTokenOfAnotherSecretIsRefused() async throws {
        let other = AccessTokens(secret: "another secret of thirty-two bytes", lifetime: .seconds(60))
        #expect(await refusal(of: try await other.issue(to: UserID(rawValue: 42))) == .invalidToken)
    }

    @Test func aChangedTokenIsRefused() async throws {
        let parts = try await tokens.issue(to: UserID(rawValue: 42)).split(separator: ".").map(String.init)
        let claims = Data(#"{"sub":"1","iat":1,"exp":99999999999}"#.utf8).base64EncodedString().replacing("=", with: "")
        #expect(await refusal(of: "\(parts[0]).\(claims).\(parts[2])") == .invalidToken)
        let none = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64EncodedString().replacing("=", with: "")
        #expect(await refusal(of: "\(none).\(claims).") == .invalidToken)
        #expect(await refusal(of: "\(none).\(claims).\(parts[2])") == .invalidToken)
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
