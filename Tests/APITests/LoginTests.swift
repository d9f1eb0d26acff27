import Argon2
import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import API

/// What logging in costs those who guess, and what it does besides.
@Suite struct LoginTests {
    private static let forwarded: HTTPField.Name = .xForwardedFor

    private func login(_ name: String, _ password: String, from address: String, _ api: TestAPI) async throws -> Answer
    {
        let uri = "/douyin/user/login/?username=\(name)&password=\(password)"
        return try Answer(await api.send(.post, uri, headers: [Self.forwarded: address]))
    }

    @Test func whoGuessesAPasswordMustWaitAndLocksNobodyElseOut() async throws {
        try await withAPI(configure: {
            $0.loginLimitPerAccount = RateLimit("3/600")
            $0.trustsForwarded = true
        }) { (api) async throws in
            _ = try await api.register("ada")
            for guess in 1...3 {
                #expect(try await login("ada", "guess\(guess)", from: "192.0.2.1", api).code == 40104)
            }
            // The right password too, and the name in other case.
            let refused = try await login("ADA", "secret", from: "192.0.2.1", api)
            #expect(refused.status == .tooManyRequests && refused.code == 42902)
            let seconds = try #require(refused.headers[.retryAfter].flatMap(Int.init))
            #expect((1...200).contains(seconds) && refused.message.contains("\(seconds) s"))
            #expect(refused.json["user_id"] as? Int == 0 && refused.json["token"] as? String == "")
            // Whose account it is comes from elsewhere.
            #expect(try await login("ada", "secret", from: "192.0.2.9", api).code == 0)
            // A name that does not exist is treated alike.
            for guess in 1...3 {
                #expect(try await login("eve", "guess\(guess)", from: "192.0.2.1", api).code == 40104)
            }
            #expect(try await login("eve", "guess4", from: "192.0.2.1", api).code == 42902)
        }
    }

    @Test func anAccountThatIsTriedFromEverywhereAnswersLaterAndIsNotLocked() throws {
        var configuration = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
        configuration.loginSlowdownPerAccount = RateLimit("2/600")
        let throttle = LoginThrottle(configuration)
        let account = LoginThrottle.Account.name("ada")
        for number in 1...2 { #expect(try throttle.charge(account, from: ClientAddress("192.0.2.\(number)")) == .zero) }
        let delay = try throttle.charge(account, from: ClientAddress("192.0.2.3"))
        #expect(delay > .zero && delay <= .seconds(3))
        #expect(try throttle.charge(.name("bob"), from: ClientAddress("192.0.2.3")) == .zero)
    }

    @Test func aNameThatReadsLikeAnIDIsAnotherAccount() throws {
        var configuration = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
        configuration.loginLimitPerAccount = RateLimit("1/600")
        let throttle = LoginThrottle(configuration)
        #expect(try throttle.charge(.name("id 39"), from: nil) == .zero)
        #expect(try throttle.charge(.id(UserID(rawValue: 39)), from: nil) == .zero)
        #expect(throws: APIError.self) { try throttle.charge(.name("id 39"), from: nil) }
    }

    @Test func whoTriesManyAccountsMustWait() async throws {
        try await withAPI(configure: {
            $0.loginLimitPerAddress = RateLimit("3/600")
            $0.trustsForwarded = true
        }) { (api) async throws in
            _ = try await api.register("ada")
            for number in 1...3 {
                #expect(try await login("n\(number)", "guess", from: "192.0.2.1", api).code == 40104)
            }
            #expect(try await login("ada", "secret", from: "192.0.2.1", api).code == 42902)
            #expect(try await login("ada", "secret", from: "192.0.2.2", api).code == 0)
        }
    }

    @Test func aTokenDoesNotHelpToGuessThePassword() async throws {
        try await withAPI(configure: { $0.loginLimitPerAccount = RateLimit("3/600") }) { (api) async throws in
            let ada = try await api.register("ada")
            func change(_ old: String) async throws -> HTTPResponse.Status {
                let body = ByteBuffer(string: #"{"old_password":"\#(old)","new_password":"another"}"#)
                let headers: HTTPFields = [.authorization: "Bearer \(ada.token)"]
                return try await api.send(.put, "/api/v1/me/password", headers: headers, body: body).status
            }
            for guess in 1...3 { #expect(try await change("guess\(guess)") == .unauthorized) }
            #expect(try await change("secret") == .tooManyRequests)
        }
    }

    @Test func rightPasswordsCostNothing() async throws {
        try await withAPI(configure: { $0.loginLimitPerAccount = RateLimit("2/600") }) { (api) async throws in
            _ = try await api.register("ada")
            for _ in 1...6 { #expect(try await login("ada", "secret", from: "192.0.2.1", api).code == 0) }
        }
    }

    @Test func aHashOfOtherParametersIsRenewedAtTheNextLogin() async throws {
        let current = Argon2Parameters(memoryKiB: 128, iterations: 2, parallelism: 1)
        try await withAPI(configure: { $0.passwordCost = current }) { (api) async throws in
            let old = try Argon2id(parameters: Argon2Parameters(memoryKiB: 64, iterations: 1, parallelism: 1)).hash(
                "secret"
            )
            let users = Users(api.pool)
            let ada = try #require(try await users.create(Username("ada"), passwordHash: old))
            #expect(try await login("ada", "wrong-one", from: "192.0.2.1", api).code == 40104)
            #expect(try await users.findCredentials(of: ada)?.passwordHash == old)
            #expect(try await login("ada", "secret", from: "192.0.2.1", api).code == 0)
            let new = try #require(try await users.findCredentials(of: ada)?.passwordHash)
            #expect(new.hasPrefix("$argon2id$v=19$m=128,t=2,p=1$"))
            #expect(try await login("ada", "secret", from: "192.0.2.1", api).code == 0)
            #expect(try await users.findCredentials(of: ada)?.passwordHash == new, "it was renewed once")
        }
    }

    @Test func anAddressMayAskSoOften() async throws {
        try await withAPI(configure: {
            $0.rateLimits = RateLimitRules(perAddress: [.read: RateLimit("3/60")].compactMapValues { $0 })
            $0.trustsForwarded = true
        }) { (api) async throws in
            for _ in 1...3 {
                let answer = try Answer(await api.send(.get, "/douyin/feed/", headers: [Self.forwarded: "192.0.2.1"]))
                #expect(answer.status == .ok && answer.code == 0)
            }
            let refused = try Answer(await api.send(.get, "/douyin/feed", headers: [Self.forwarded: "192.0.2.1"]))
            #expect(refused.status == .tooManyRequests && refused.code == 42901)
            #expect((1...20).contains(try #require(refused.headers[.retryAfter].flatMap(Int.init))))
            // What came before our gateway's own entry is what the client says.
            let headers: HTTPFields = [Self.forwarded: "192.0.2.1, 192.0.2.2"]
            #expect(try Answer(await api.send(.get, "/douyin/feed/", headers: headers)).status == .ok)
        }
    }
}
