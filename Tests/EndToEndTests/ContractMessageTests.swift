import Foundation
import Testing

extension ContractTests {
    @Suite struct Messages {
        @Test func bothSeeWhatBothWriteOldestFirst() throws {
            let api = try ContractStage.here.api
            let (ada, bob, eve) = (try api.join(), try api.join(), try api.join())
            let start = Int64(Date().timeIntervalSince1970 * 1000)
            #expect(try api.chat(with: bob, by: ada).isEmpty)
            for (text, sender, receiver) in [("one", ada, bob), ("two", bob, ada), ("三 & +", ada, bob)] {
                #expect(try api.write(text, to: receiver, by: sender).code == .success)
            }
            let chat = try api.chat(with: bob, by: ada)
            #expect(try chat == api.chat(with: ada, by: bob))
            #expect(chat.map { $0["content"].text } == ["one", "two", "三 & +"])
            #expect(chat.map { $0["from_user_id"].int } == [ada.id, bob.id, ada.id])
            #expect(chat.map { $0["to_user_id"].int } == [bob.id, ada.id, bob.id])
            let times = chat.compactMap { $0["create_time"].int }
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
            #expect(times[0] >= start && times[2] < start + 60_000, "milliseconds since 1970")
            #expect(Set(chat.compactMap { $0["id"].int }).count == 3)
            #expect(try api.chat(with: bob, by: eve).isEmpty && api.chat(with: ada, by: eve).isEmpty)
        }

        @Test func onlyWhatIsNewerIsAnswered() throws {
            let api = try ContractStage.here.api
            let (ada, bob) = (try api.join(), try api.join())
            for text in ["one", "two", "three"] { #expect(try api.write(text, to: bob, by: ada).code == .success) }
            let times = try api.chat(with: bob, by: ada).compactMap { $0["create_time"].int }
            try #require(times.count == 3)
            func after(_ time: Any) throws -> Int { try api.chat(with: ada, by: bob, after: time).count }
            for (index, time) in times.enumerated() { #expect(try after(time) == 2 - index) }
            #expect(try after(times[0] - 1) == 3 && after("0") == 3 && after("-1") == 3)
            #expect(try after("\(times[0]).0") == 2 && after(times[2] + 100_000) == 0)
            // In seconds: those of a second that has begun are newer than its beginning.
            #expect(try after(times[0] / 1000 - 1) == 3 && after(times[2] / 1000 + 1) == 0)
            #expect(try after(times[0] / 1000) == 3)
        }

        /// Both write and both poll, each with the time of the newest message that they know.
        @Test func pollingFindsEveryMessageOnceWhileBothWrite() async throws {
            let api = try ContractStage.here.api
            let members = [try api.join(), try api.join()]
            let count = 40
            let polled = try await onThreads(4) { index -> [StrictJSON] in
                let (me, other) = (members[index % 2], members[1 - index % 2])
                if index < 2 {
                    for number in 0..<count { _ = try api.write("\(index):\(number)", to: other, by: me) }
                    return []
                }
                return try Self.poll(api, until: 2 * count, with: other, by: me)
            }
            let all = try api.chat(with: members[0], by: members[1])
            #expect(all.count == 2 * count)
            #expect(polled[2] == all && polled[3] == all)
            let times = all.compactMap { $0["create_time"].int }
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
            for sender in 0..<2 {
                let own = all.compactMap { $0["content"].text }.filter { $0.hasPrefix("\(sender):") }
                #expect(own == (0..<count).map { "\(sender):\($0)" })
            }
        }

        private static func poll(
            _ api: ContractClient,
            until count: Int,
            with other: ContractClient.Member,
            by me: ContractClient.Member
        ) throws -> [StrictJSON] {
            var seen: [StrictJSON] = []
            let deadline = ContinuousClock.now + .seconds(30)
            while seen.count < count, ContinuousClock.now < deadline {
                seen += try api.chat(with: other, by: me, after: seen.last?["create_time"].int ?? 0)
            }
            return seen
        }

        @Test(arguments: ["a", "信", "👍🏽"]) func aMessageHasUpTo1000Characters(character: String) throws {
            let api = try ContractStage.here.api
            let (ada, bob) = (try api.join(), try api.join())
            let longest = String(repeating: character, count: 1000)
            #expect(try api.write(longest, to: bob, by: ada).code == .success)
            #expect(try api.chat(with: ada, by: bob).map { $0["content"].text } == [longest])
            for text in [longest + character, "", "  "] {
                let answer = try api.write(text, to: bob, by: ada)
                #expect(answer.code == .invalidMessage && answer.message.contains("1 to 1000"), "\(answer.message)")
            }
        }

        @Test func wordsOfTheListAreMasked() throws {
            let api = try ContractStage.here.api
            let (ada, bob) = (try api.join(), try api.join())
            #expect(try api.write("cheap heroin", to: bob, by: ada).code == .success)
            #expect(try api.chat(with: ada, by: bob).map { $0["content"].text } == ["cheap ******"])
        }

        @Test func oneselfAndTheUnknownAreRefused() throws {
            let api = try ContractStage.here.api
            let ada = try api.join()
            for (id, code) in [(ada.id, ContractCode.ownAccount), (999_999, .unknownUser), (0, .unknownUser)] {
                let sent = try api.call(
                    .message,
                    ["token": ada.token, "to_user_id": id, "action_type": 1, "content": "hello"]
                )
                #expect(sent.code == code)
                #expect(try api.call(.chat, ["token": ada.token, "to_user_id": id]).code == code)
            }
            let second = try api.call(
                .message,
                ["token": ada.token, "to_user_id": 1, "action_type": 2, "content": "hello"]
            )
            #expect(second.code == .invalidParameter)
        }
    }
}
