import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import API

@Suite struct AccountTests {
    @Test func aRegisteredUserIsLoggedInAtOnce() async throws {
        try await withAPI { (api) async throws in
            let answer = try await api.post("/douyin/user/register/?username=ada&password=12345")
            #expect(answer.status == .ok)
            #expect(answer.code == 0)
            #expect(answer.userID > 0)
            let me = try await api.get("/douyin/user/?token=\(answer.token)")
            #expect(me.code == 0)
            #expect(me.user["id"] as? Int64 == answer.userID)
        }
    }

    @Test(arguments: [
        ("/douyin/user/register/?username=ada&password=12345", nil),
        ("/douyin/user/register?username=ada&password=12345", nil),
        ("/douyin/user/register/", "username=ada&password=12345"),
        ("/douyin/user/register/?username=ada", "username=wrong&password=12345"),
    ])
    func parametersComeFromQueryBodyOrBoth(uri: String, form: String?) async throws {
        try await withAPI { (api) async throws in
            #expect(try await api.post(uri, form: form).code == 0)
            #expect(try await api.post("/douyin/user/login?username=ada&password=12345").code == 0)
        }
    }

    @Test func aTakenNameStillCarriesEveryField() async throws {
        try await withAPI { (api) async throws in
            _ = try await api.register("Straße")
            for name in ["Straße", "STRASSE", "stra%C3%9Fe", "strasse"] {
                let answer = try await api.post("/douyin/user/register/?username=\(name)&password=12345")
                #expect(answer.status == .ok)
                #expect(answer.code == 40901)
                #expect(answer.json["user_id"] as? Int == 0)
                #expect(answer.json["token"] as? String == "")
                #expect(answer.message.contains("taken"))
            }
        }
    }

    @Test func namesThatLookTheSameAreTheSame() async throws {
        try await withAPI { (api) async throws in
            // é as one code point and as two.
            #expect(try await api.post("/douyin/user/register/?username=caf%C3%A9&password=12345").code == 0)
            #expect(try await api.post("/douyin/user/register/?username=CAFE%CC%81&password=12345").code == 40901)
            #expect(try await api.post("/douyin/user/login/?username=cafe%CC%81&password=12345").code == 0)
        }
    }

    @Test func ofManyWhoWantOneNameOneGetsIt() async throws {
        try await withAPI { (api) async throws in
            let codes = try await withThrowingTaskGroup(of: Int?.self) { group in
                for index in 0..<24 {
                    group.addTask {
                        let name = index % 2 == 0 ? "Grace" : "gRACE"
                        return try await api.post("/douyin/user/register/?username=\(name)&password=12345").code
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == 0 }.count == 1)
            #expect(codes.filter { $0 == 40901 }.count == 23)
        }
    }

    @Test(arguments: [
        ("", "12345", 40003, "1 to 32"), (String(repeating: "a", count: 33), "12345", 40003, "1 to 32"),
        ("%E7%94%B5".repeated(33), "12345", 40003, "1 to 32"), ("ada", "1234", 40004, "5 to 32"),
        ("ada", "", 40004, "5 to 32"),
        ("ada", String(repeating: "1", count: 33), 40004, "5 to 32"), ("a%00b", "12345", 40003, "control"),
        ("%20%20", "12345", 40003, "spaces"), ("a%0Ab", "12345", 40003, "control"),
    ])
    func whatIsTooShortOrTooLongNamesTheLimit(name: String, password: String, code: Int, words: String) async throws {
        try await withAPI { (api) async throws in
            for route in ["register", "login"] {
                let answer = try await api.post("/douyin/user/\(route)/?username=\(name)&password=\(password)")
                #expect(answer.status == .ok)
                #expect(answer.code == code)
                #expect(answer.message.contains(words), "\(answer.message)")
                #expect(answer.json["user_id"] as? Int == 0 && answer.json["token"] as? String == "")
            }
        }
    }

    @Test(arguments: [
        ("a", "12345"), (String(repeating: "a", count: 32), String(repeating: "1", count: 32)),
        ("%E7%94%B5".repeated(32), "%E5%BD%B1".repeated(32)), ("a%20b%27%3B--", "%00%00%00%00%00"),
    ])
    func everythingWithinTheLimitsWorks(name: String, password: String) async throws {
        try await withAPI { (api) async throws in
            #expect(try await api.post("/douyin/user/register/?username=\(name)&password=\(password)").code == 0)
            #expect(try await api.post("/douyin/user/login/?username=\(name)&password=\(password)").code == 0)
        }
    }

    @Test(arguments: ["register", "login"]) func aMissingParameterIsNamed(route: String) async throws {
        try await withAPI { (api) async throws in
            let noName = try await api.post("/douyin/user/\(route)/?password=12345")
            #expect(noName.code == 40001 && noName.message.contains("username"))
            let noPassword = try await api.post("/douyin/user/\(route)/?username=ada")
            #expect(noPassword.code == 40001 && noPassword.message.contains("password"))
        }
    }

    @Test func aWrongPasswordAndAnUnknownNameAreAnsweredAlike() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            let right = try await api.post("/douyin/user/login/?username=ADA&password=secret")
            #expect(right.code == 0 && right.userID == ada.id && !right.token.isEmpty)
            let wrong = try await api.post("/douyin/user/login/?username=ada&password=Secret")
            let unknown = try await api.post("/douyin/user/login/?username=eve&password=Secret")
            #expect(wrong.code == 40104 && unknown.code == 40104)
            #expect(wrong.message == unknown.message)
        }
    }

    @Test func aUserIsShownWithEveryFieldAndAbsoluteAddresses() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            for uri in ["/douyin/user/?user_id=\(ada.id)", "/douyin/user?user_id=\(ada.id).0&token=\(ada.token)"] {
                let user = try await api.get(uri).user
                #expect(user["id"] as? Int64 == ada.id)
                #expect(user["name"] as? String == "ada")
                #expect(user["is_follow"] as? Bool == false)
                #expect(user["signature"] as? String == "")
                let counts = ["follow_count", "follower_count", "total_favorited", "work_count", "favorite_count"]
                for field in counts { #expect(user[field] as? Int == 0, "\(field)") }
                for field in ["avatar", "background_image"] {
                    let address = try #require(user[field] as? String)
                    #expect(address.hasPrefix("\(TestAPI.base)/static/"))
                    let response = try await api.send(.get, String(address.dropFirst(TestAPI.base.count)))
                    #expect(response.status == .ok)
                    #expect(response.headers[.contentType]?.hasPrefix("image/") == true)
                    #expect(response.body.readableBytes > 1000)
                }
            }
        }
    }

    @Test func anUnknownOrImpossibleUserIsRefused() async throws {
        try await withAPI { (api) async throws in
            let unknown = try await api.get("/douyin/user/?user_id=999")
            #expect(unknown.status == .ok && unknown.code == 40402)
            #expect(unknown.user["id"] as? Int == 0 && unknown.user["name"] as? String == "")
            #expect(try await api.get("/douyin/user/?user_id=1.5").code == 40002)
            #expect(try await api.get("/douyin/user/?user_id=1e40").code == 40402)
            #expect(try await api.get("/douyin/user/").code == 40001)
        }
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
