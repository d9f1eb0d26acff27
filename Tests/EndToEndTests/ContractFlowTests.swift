import Foundation
import Testing

extension ContractTests {
    /// One run through everything, in the order in which this family's public test suites go.
    @Suite struct Flow {
        @Test func twoUsersMeet() async throws {
            let stage = try ContractStage.here
            let (api, ada, bob) = (stage.api, try stage.api.join(), try stage.api.join())
            #expect(try !api.feed()["video_list"].items.isEmpty)
            #expect(try api.publish(clip: try Clips.short(), title: "Bear", by: ada).code == .success)
            let published = try await api.settled(ada)
            #expect(published.count == 1)
            let video = try #require(published.first?["id"].int)
            _ = try await eventually(within: 2, "the new video is the newest") {
                try api.feed(seenBy: bob)["video_list"].items.first?["id"].int == video ? true : nil
            }
            try like(video, of: ada, by: bob, api)
            try comment(on: video, by: bob, api)
            try followEachOther(ada, bob, api)
            try chat(ada, bob, api)
        }

        private func like(
            _ video: Int64,
            of author: ContractClient.Member,
            by fan: ContractClient.Member,
            _ api: ContractClient
        ) throws {
            #expect(try api.like(video, by: fan) == .success)
            #expect(try api.videos(.favorites, of: fan, seenBy: fan).map { $0["id"].int } == [video])
            #expect(try api.user(author.id)["total_favorited"].int == 1)
            #expect(try api.like(video, 2, by: fan) == .success)
            #expect(try api.videos(.favorites, of: fan, seenBy: fan).isEmpty)
        }

        private func comment(on video: Int64, by member: ContractClient.Member, _ api: ContractClient) throws {
            let comment = try api.comment("测试评论", on: video, by: member)
            let id = try #require(comment["comment"]["id"].int)
            func ids() throws -> [Int64?] {
                try api.call(.comments, ["video_id": video])["comment_list"].items.map { $0["id"].int }
            }
            #expect(try id > 0 && ids() == [id])
            #expect(try api.deleteComment(id, of: video, by: member).code == .success)
            #expect(try ids().isEmpty)
        }

        private func followEachOther(
            _ ada: ContractClient.Member,
            _ bob: ContractClient.Member,
            _ api: ContractClient
        ) throws {
            for (member, other) in [(ada, bob), (bob, ada)] {
                #expect(try api.follow(other, by: member) == .success)
                #expect(try api.users(.followed, of: member).contains { $0["id"].int == other.id })
                #expect(try api.users(.followers, of: other).contains { $0["id"].int == member.id })
            }
            #expect(try api.users(.friends, of: ada).map { $0["id"].int } == [bob.id])
        }

        private func chat(_ ada: ContractClient.Member, _ bob: ContractClient.Member, _ api: ContractClient) throws {
            #expect(try api.write("UserA to UserB", to: bob, by: ada).code == .success)
            #expect(try api.write("UserB to UserA", to: ada, by: bob).code == .success)
            for (member, other) in [(ada, bob), (bob, ada)] {
                let texts = try api.chat(with: other, by: member).map { $0["content"].text }
                #expect(texts == ["UserA to UserB", "UserB to UserA"])
            }
        }

        /// Public test suites ask a few hundred times within a minute, and register dozens of users.
        @Test func aTestSuiteIsNeverSlowedDown() throws {
            let stage = try ContractStage.here
            let (ada, bob) = (try stage.api.join(), try stage.api.join())
            for _ in 0..<60 { _ = try stage.api.join() }
            for _ in 0..<20 {
                for item in ContractCase.all(caller: ada, other: bob, video: stage.videos[0]) {
                    let answer = try stage.api.send(item.request(replacing: ["token": ada.token]), as: item.route)
                    #expect(answer.code == .success, "\(item.route): \(answer.message)")
                }
            }
        }
    }
}
