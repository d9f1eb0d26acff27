import Foundation
import Testing

extension ContractTests {
    @Suite struct Accounts {
        private func enter(_ route: ContractRoute, _ name: String, _ password: String) throws -> ContractClient.Answer {
            try ContractStage.here.api.call(route, ["username": name, "password": password])
        }

        @Test func aTokenWorksAtOnce() throws {
            let api = try ContractStage.here.api
            let ada = try api.join()
            #expect(ada.id > 0 && !ada.token.isEmpty)
            let me = try api.call(.user, ["token": ada.token])
            #expect(me.code == .success)
            #expect(me["user"]["id"].int == ada.id && me["user"]["name"].text == ada.name)
            #expect(me["user"]["is_follow"].flag == false)
            for count in ["follow_count", "follower_count", "total_favorited", "work_count", "favorite_count"] {
                #expect(me["user"][count].int == 0)
            }
            let login = try enter(.login, ada.name.uppercased(), "secret-\(ada.name)")
            #expect(login.code == .success && login["user_id"].int == ada.id && login["token"].text != "")
            #expect(try api.call(.user, ["token": login["token"].text ?? "", "user_id": ada.id]).code == .success)
        }

        @Test func aTakenNameStillCarriesItsFields() throws {
            let api = try ContractStage.here.api
            let ada = try api.join()
            for name in [ada.name, ada.name.uppercased(), ada.name.capitalized] {
                let answer = try enter(.register, name, "another-password")
                #expect(answer.code == .usernameTaken)
                #expect(answer["user_id"] == .integer(0) && answer["token"] == .string(""))
            }
        }

        @Test func ofThoseWhoWantOneNameOneGetsIt() async throws {
            let api = try ContractStage.here.api
            let name = "race\(UInt32.random(in: 0 ... .max))"
            let codes = try await onThreads(12) { index in
                let name = index.isMultiple(of: 2) ? name : name.uppercased()
                return try api.call(.register, ["username": name, "password": "a2345"]).code
            }
            #expect(codes.count { $0 == .success } == 1 && codes.count { $0 == .usernameTaken } == 11)
        }

        @Test(arguments: ["a", "电", "é", "👩‍👩‍👧"]) func namesAndPasswordsAreMeasuredInCharacters(character: String) throws {
            let unique = String(UInt32.random(in: 0 ... .max), radix: 36)
            let longest = unique + String(repeating: character, count: 32 - unique.count)
            for password in [5, 32].map({ String(repeating: character, count: $0) }) {
                let name = password.count == 5 ? longest : String(longest.dropLast()) + "."
                #expect(try enter(.register, name, password).code == .success)
                #expect(try enter(.login, name, password).code == .success)
            }
            for route in [ContractRoute.register, .login] {
                let long = try enter(route, longest + character, "a2345")
                #expect(long.code == .invalidUsername && long.message.contains("32"), "\(long.message)")
                for count in [4, 33] {
                    let answer = try enter(route, longest, String(repeating: character, count: count))
                    #expect(answer.code == .invalidPassword && answer.message.contains("5 to 32"), "\(answer.message)")
                    #expect(answer["user_id"] == .integer(0) && answer["token"] == .string(""))
                }
            }
        }

        @Test func theShortestNameIsOneCharacter() throws {
            // Somebody may have it already; it is not refused for its length.
            let answer = try enter(.register, "影", "a2345")
            #expect(answer.code == .success || answer.code == .usernameTaken)
            #expect(try enter(.register, "", "a2345").code == .invalidUsername)
        }

        @Test func aNameWithAWordOfTheListIsRefused() throws {
            let answer = try enter(.register, "the bitch \(UInt16.random(in: 0 ... .max))", "a2345")
            #expect(answer.code == .refusedContent && answer["user_id"] == .integer(0))
        }

        @Test func aWrongPasswordAndAnUnknownNameAreAnsweredAlike() throws {
            let ada = try ContractStage.here.api.join()
            let wrong = try enter(.login, ada.name, "secret-wrong")
            let unknown = try enter(.login, "nobody-\(UInt32.random(in: 0 ... .max))", "secret-wrong")
            #expect(wrong.code == .wrongCredentials && unknown.code == .wrongCredentials)
            #expect(wrong.message == unknown.message)
            #expect(wrong["user_id"] == .integer(0) && wrong["token"] == .string(""))
        }

        @Test func aUserIsOpenToEveryone() throws {
            let api = try ContractStage.here.api
            let (ada, eve) = (try api.join(), try api.join())
            for token in ["", eve.token] {
                let answer = try api.call(.user, ["user_id": ada.id, "token": token])
                #expect(answer.code == .success && answer["user"]["name"].text == ada.name)
            }
            #expect(try api.call(.user).code == .missingParameter)
            #expect(try api.call(.user, ["user_id": 999_999]).code == .unknownUser)
            #expect(try api.call(.user, ["user_id": -1]).code == .unknownUser)
            for address in ["avatar", "background_image"] {
                let url = try #require(try api.user(ada.id)[address].text.flatMap(URL.init))
                let reply = try api.raw("GET", url.path)
                #expect(reply.status == 200 && reply.headers["content-type"]?.hasPrefix("image/") == true)
            }
        }
    }
}
