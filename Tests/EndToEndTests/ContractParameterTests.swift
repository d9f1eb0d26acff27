import Foundation
import Testing

extension ContractTests {
    /// Where parameters come from, and how they are written.
    @Suite struct Parameters {
        enum Place: CaseIterable { case query, body, halves, queryOverBody }

        @Test(arguments: Place.allCases) func theyComeFromTheQueryABodyOrBoth(place: Place) throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0]) {
                let answer = try stage.api.send(request(item, token: caller.token, place), as: item.route)
                #expect(answer.code == .success, "\(place) \(item.route): \(answer.message)")
            }
        }

        private func request(_ item: ContractCase, token: String, _ place: Place) -> HTTPRequest {
            let all = item.parameters + [("token", token)]
            let (query, body): ([(name: String, value: String)], [(name: String, value: String)]) =
                switch place {
                case .query: (all, [])
                case .body: ([], all)
                case .halves: (Array(all.prefix(all.count / 2)), Array(all.suffix(from: all.count / 2)))
                case .queryOverBody: (all, all.map { ($0.name, "wrong") })
                }
            return HTTPRequest(
                method: item.route.method,
                path: query.isEmpty ? item.route.path : "\(item.route.path)?\(ContractCase.form(query))",
                headers: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"],
                body: body.isEmpty && item.route.method == "GET" ? nil : Data(ContractCase.form(body).utf8)
            )
        }

        @Test func integersMayBeWrittenAsFractionsWithoutAFraction() throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0]) {
                for name in item.integers {
                    let value = item.parameters.first { $0.name == name }?.value ?? ""
                    for spelling in spellings(of: value) {
                        let request = item.request(replacing: [name: spelling, "token": caller.token])
                        let answer = try stage.api.send(request, as: item.route)
                        #expect(answer.code == .success, "\(item.route) \(name)=\(spelling): \(answer.message)")
                    }
                }
            }
        }

        /// As JavaScript, Go, C and Python write a number that has become floating.
        private func spellings(of digits: String) -> [String] {
            let rest = String(digits.dropFirst())
            let scientific = "\(digits.prefix(1)).\(rest)0e+\(rest.count < 10 ? "0" : "")\(rest.count)"
            return ["\(digits).0", "\(digits)e0", scientific, "\(digits)0E-1", "+\(digits)", "0\(digits)"]
        }

        /// An id as the app sends large ones, with its plus escaped and bare.
        @Test(arguments: ["1.234567e%2B06", "1.234567e+06", "1234567.000"]) func aLargeIDIsReadInFull(text: String)
            throws
        {
            let api = try ContractStage.here.api
            let answer = try api.send(HTTPRequest(path: "/douyin/user/?user_id=\(text)"), as: .user)
            #expect(answer.code == .unknownUser)
            #expect(answer.message.contains("1234567"), "\(answer.message)")
        }

        @Test func whatIsNoWholeNumberIsRefusedByName() throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0]) {
                for name in item.integers {
                    for text in ["1.5", "1e-1", "abc", "0x10", "１", "1 2", "NaN"] {
                        let request = item.request(replacing: [name: text, "token": caller.token])
                        let answer = try stage.api.send(request, as: item.route)
                        #expect(answer.code == .invalidParameter, "\(item.route) \(name)=\(text)")
                        #expect(answer.message.contains(name), "\(answer.message)")
                    }
                }
            }
        }

        @Test func aCommentsIDIsReadLikeOthers() throws {
            let stage = try ContractStage.here
            let caller = try stage.api.join()
            for (text, code) in [
                ("9.99999e5", ContractCode.unknownComment), ("1.5", .invalidParameter), ("x", .invalidParameter),
            ] {
                let answer = try stage.api.call(
                    .comment,
                    ["token": caller.token, "video_id": stage.videos[0], "action_type": 2, "comment_id": text]
                )
                #expect(answer.code == code, "\(text): \(answer.message)")
            }
        }

        @Test func whatIsMissingIsNamed() throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0]) {
                for name in item.parameters.map(\.name)
                where !["latest_time", "user_id", "pre_msg_time"].contains(name) {
                    let request = item.request(replacing: [name: nil, "token": caller.token])
                    let answer = try stage.api.send(request, as: item.route)
                    #expect(answer.code == .missingParameter, "\(item.route) without \(name)")
                    #expect(answer.message.contains(name), "\(answer.message)")
                }
            }
        }

        @Test(arguments: ["0", "3", "-1", "1e1"]) func anActionIsOneOrTwo(action: String) throws {
            let stage = try ContractStage.here
            let (caller, other) = (try stage.api.join(), try stage.api.join())
            for item in ContractCase.all(caller: caller, other: other, video: stage.videos[0])
            where item.integers.contains("action_type") {
                let request = item.request(replacing: ["action_type": action, "token": caller.token])
                let answer = try stage.api.send(request, as: item.route)
                #expect(answer.code == .invalidParameter && answer.message.contains("action_type"), "\(item.route)")
            }
        }
    }
}
