import Foundation
import Testing

/// Rate limits: the one refusal that is not HTTP 200.
@Suite struct ContractLimitTests {
    private static let settings = [
        "CLIPYARD_LIMIT_WRITE_PER_USER": "3/60", "CLIPYARD_LIMIT_MESSAGE_PER_USER": "3/60",
        "CLIPYARD_LOGIN_LIMIT_PER_ACCOUNT": "3/60", "CLIPYARD_LIMIT_PUBLISH_PER_ADDRESS": "3/60",
        "CLIPYARD_UPLOAD_MAX_BYTES": "100000",
    ]

    @Test(.timeLimit(.minutes(10))) func theFourthOfThreeIsTooMany() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home", environment: Self.settings)
        let api = ContractClient(port: clipyard.port)
        let (ada, bob) = (try api.join(), try api.join())
        let follow: KeyValuePairs<String, Any> = ["to_user_id": bob.id, "action_type": 1]
        try expectThree(.follow, follow, by: ada, api)
        try expectThree(.message, ["to_user_id": bob.id, "action_type": 1, "content": "hello"], by: ada, api)
        // Each user and each group counts alone, and reading goes on.
        #expect(try api.follow(ada, by: bob) == .success)
        #expect(try api.chat(with: ada, by: bob).count == 3)
        #expect(try api.user(bob.id)["follower_count"].int == 1)
        try checkLogins(of: bob, api)
        try checkUploads(by: ada, bob, api)
        #expect(clipyard.stop() == 0)
    }

    private func expectThree(
        _ route: ContractRoute,
        _ parameters: KeyValuePairs<String, Any>,
        by member: ContractClient.Member,
        _ api: ContractClient
    ) throws {
        for _ in 0..<3 {
            let answer = try api.call(route, parameters, headers: ["Authorization": "Bearer \(member.token)"])
            #expect(answer.code == .success, "\(answer.message)")
        }
        for _ in 0..<2 {
            let path = "\(route.path)?\(ContractClient.form(parameters))&token=\(member.token)"
            try expectRefusal(api.raw("POST", path, body: Data()), .rateLimited)
        }
    }

    private func expectRefusal(_ reply: HTTPReply, _ code: ContractCode) throws {
        #expect(reply.status == 429)
        let wait = try #require(reply.headers["retry-after"].flatMap { Int($0) })
        #expect((1...60).contains(wait))
        #expect(reply.headers["content-type"]?.hasPrefix("application/json") == true)
        let json = try StrictJSON(reply.body)
        #expect(ContractShape.object(ContractShape.status).violations(in: json) == [])
        #expect(json["status_code"].int == code.rawValue)
        #expect(json["status_msg"].text?.contains("\(wait) s") == true)
    }

    /// Wrong passwords count, right ones do not; then not even the right one helps.
    private func checkLogins(of member: ContractClient.Member, _ api: ContractClient) throws {
        let right = "secret-\(member.name)"
        func logIn(_ password: String) throws -> ContractCode {
            try api.call(.login, ["username": member.name, "password": password]).code
        }
        for _ in 0..<5 { #expect(try logIn(right) == .success) }
        for _ in 0..<3 { #expect(try logIn("wrong-password") == .wrongCredentials) }
        for password in ["wrong-password", right] {
            let path = "\(ContractRoute.login.path)?username=\(member.name)&password=\(password)"
            try expectRefusal(api.raw("POST", path, body: Data()), .tooManyLogins)
        }
    }

    /// Files that are too large; and an address is counted whoever asks.
    private func checkUploads(
        by ada: ContractClient.Member,
        _ bob: ContractClient.Member,
        _ api: ContractClient
    ) throws {
        // Longer than allowed, told before or after the server has looked.
        for size in [100_001, 3_000_000] {
            let clip = try Data(contentsOf: URL(filePath: try Clips.short())) + Data(count: size)
            let answer = try api.publish(.clip(clip, token: ada.token, title: "too large"))
            #expect(answer.code == .fileTooLarge && answer.message.contains("100000 bytes"), "\(answer.message)")
        }
        #expect(try api.videos(.published, of: ada, seenBy: ada).isEmpty)
        let text = ContractForm.clip(Data("Hello, world".utf8), token: bob.token, title: "no video")
        #expect(try api.publish(text).code == .notAVideo)
        let headers = ["Content-Type": ContractForm.contentType]
        try expectRefusal(
            api.raw("POST", ContractRoute.publish.path, headers: headers, body: text.encoded),
            .rateLimited
        )
    }
}
