import API
import Foundation
import Testing

extension ContractTests {
    /// Paths, methods, languages and codes.
    @Suite struct Routes {
        @Test func theFinalSlashDoesNotMatter() throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0]) {
                var request = item.request(replacing: ["token": caller.token])
                request.path = request.path.replacing("/?", with: "?")
                let answer = try stage.api.send(request, as: item.route)
                #expect(answer.code == .success, "\(request.path): \(answer.message)")
            }
            var form = ContractForm()
            form.add("title", "without a token")
            let publish = HTTPRequest(
                method: "POST",
                path: String(ContractRoute.publish.path.dropLast()),
                headers: ["Content-Type": ContractForm.contentType],
                body: form.encoded
            )
            #expect(try stage.api.send(publish, as: .publish).code == .notLoggedIn)
        }

        @Test func anotherMethodIsRefusedAndTheRightOneNamed() throws {
            let api = try ContractStage.here.api
            for route in ContractRoute.allCases {
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] where method != route.method {
                    let reply = try api.raw(method, route.path, body: method == "GET" ? nil : Data())
                    #expect(reply.status == 405, "\(method) \(route.path)")
                    #expect(reply.headers["allow"] == route.method)
                    let json = try StrictJSON(reply.body)
                    #expect(ContractShape.object(ContractShape.status).violations(in: json) == [])
                    #expect(json["status_code"].int == ContractCode.wrongMethod.rawValue)
                    #expect(json["status_msg"].text?.contains(route.method) == true)
                }
                #expect(try api.raw("HEAD", route.path).status == (route.method == "HEAD" ? 200 : 405))
            }
        }

        @Test(arguments: [
            "/douyin/", "/douyin/nothing/", "/douyin/feed/more/", "/douyin/user/delete", "/douyin//feed/x",
        ])
        func anUnknownRouteAnswersInTheSameShape(path: String) throws {
            let api = try ContractStage.here.api
            for method in ["GET", "POST", "DELETE"] {
                let reply = try api.raw(method, path, body: method == "GET" ? nil : Data())
                #expect(reply.status == 404)
                let json = try StrictJSON(reply.body)
                #expect(ContractShape.object(ContractShape.status).violations(in: json) == [])
                #expect(json["status_code"].int == ContractCode.unknownRoute.rawValue)
                #expect(json["status_msg"].text?.isEmpty == false)
            }
        }

        @Test(arguments: [
            (nil, false), ("en", false), ("zh", true), ("zh-CN,zh;q=0.9,en;q=0.8", true), ("ZH-hant", true),
            ("en;q=0.5, zh;q=0.9", true), ("en-GB,en;q=0.9,zh;q=0.8", false), ("zh;q=0,en", false), ("zh;q=0", false),
            ("fr,de;q=0.9", false), ("fr, zh;q=0.1", true), ("*", false), ("", false), (";;q=,fr;q=x", false),
        ])
        func answersAreInTheClientsLanguage(wish: String?, isChinese: Bool) throws {
            let api = try ContractStage.here.api
            let headers = wish.map { ["Accept-Language": $0] } ?? [:]
            for (route, parameters) in [
                (ContractRoute.feed, [:] as KeyValuePairs<String, Any>), (.user, ["user_id": 999_999]),
                (.register, ["username": "ada", "password": "1234"]), (.friends, [:]),
            ] {
                let message = try api.call(route, parameters, headers: headers).message
                #expect(message.unicodeScalars.contains { ("一"..."龥").contains($0) } == isChinese, "\(message)")
            }
        }

        /// The numbers are written down here a second time, because clients know them.
        @Test func theCodesAreThoseOfTheTable() {
            let table = Dictionary(uniqueKeysWithValues: APIErrorCode.allCases.map { ("\($0)", Int64($0.rawValue)) })
            let written = ContractCode.allCases.filter { $0 != .success }.map { ("\($0)", $0.rawValue) }
            #expect(table == Dictionary(uniqueKeysWithValues: written))
        }
    }
}
