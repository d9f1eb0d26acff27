import Foundation
import Testing

extension ContractTests {
    @Suite struct Comments {
        private func list(_ video: Int64, seenBy member: ContractClient.Member? = nil) throws -> [StrictJSON] {
            let api = try ContractStage.here.api
            let answer = try api.call(.comments, ["video_id": video, "token": member?.token ?? ""])
            #expect(answer.code == .success)
            return answer["comment_list"].items
        }

        private func count(of video: Int64) throws -> Int64? {
            let stage = try ContractStage.here
            return try stage.api.videos(.published, of: stage.author).first { $0["id"].int == video }?["comment_count"]
                .int
        }

        /// The server's day, which may change in between.
        private func today() throws -> String {
            try ContractStage.here.clipyard.sql("SELECT to_char(clock_timestamp(), 'MM-DD')")
        }

        @Test func aCommentIsAnsweredListedAndCounted() async throws {
            let stage = try ContractStage.here
            let (ada, eve, video) = (try stage.api.join(), try stage.api.join(), stage.videos[0])
            let start = try #require(try count(of: video))
            var days = [try today()]
            let answer = try stage.api.comment("  好看 & nice 👍 ", on: video, by: ada)
            days.append(try today())
            let comment = answer["comment"]
            #expect(answer.code == .success && comment["content"].text == "好看 & nice 👍")
            #expect(comment["user"]["id"].int == ada.id && comment["user"]["name"].text == ada.name)
            #expect(days.contains(comment["create_date"].text ?? ""))
            #expect(try stage.api.comment("second", on: video, by: eve).code == .success)
            for viewer in [ada, nil] {
                let shown = try list(video, seenBy: viewer)
                #expect(shown.prefix(2).map { $0["content"].text } == ["second", "好看 & nice 👍"])
                #expect(shown[1] == comment)
            }
            #expect(try count(of: video) == start + 2)
            _ = try await eventually(within: 2, "the feed knows the comments") {
                try stage.api.videoInFeed(video)?["comment_count"].int == start + 2 ? true : nil
            }
        }

        @Test func itsAuthorAndTheVideosAuthorMayDelete() throws {
            let stage = try ContractStage.here
            let (ada, eve, video) = (try stage.api.join(), try stage.api.join(), stage.videos[0])
            let start = try #require(try count(of: video))
            for deleter in [ada, stage.author] {
                let id = try #require(try stage.api.comment("short-lived", on: video, by: ada)["comment"]["id"].int)
                #expect(try stage.api.deleteComment(id, of: video, by: eve).code == .notAllowed)
                #expect(try stage.api.deleteComment(id, of: stage.videos[1], by: ada).code == .unknownComment)
                #expect(try list(video).contains { $0["id"].int == id })
                #expect(try count(of: video) == start + 1)
                #expect(try stage.api.deleteComment(id, of: video, by: deleter).code == .success)
                #expect(try stage.api.deleteComment(id, of: video, by: deleter).code == .unknownComment)
                #expect(try !list(video).contains { $0["id"].int == id })
                #expect(try count(of: video) == start)
            }
        }

        @Test(arguments: ["a", "评", "👍🏽"]) func aCommentHasUpTo500Characters(character: String) throws {
            let stage = try ContractStage.here
            let ada = try stage.api.join()
            let longest = String(repeating: character, count: 500)
            let answer = try stage.api.comment(longest, on: stage.videos[1], by: ada)
            #expect(answer.code == .success && answer["comment"]["content"].text == longest)
            for text in [longest + character, "", " \n "] {
                let refusal = try stage.api.comment(text, on: stage.videos[1], by: ada)
                #expect(refusal.code == .invalidComment && refusal.message.contains("1 to 500"), "\(refusal.message)")
            }
        }

        @Test func wordsOfTheListAreMasked() throws {
            let stage = try ContractStage.here
            let ada = try stage.api.join()
            for (text, shown) in [
                ("buy cocaine!", "buy *******!"), ("去网络赌场吧", "去****吧"), ("a class act", "a class act"),
            ] {
                let answer = try stage.api.comment(text, on: stage.videos[1], by: ada)
                #expect(answer.code == .success && answer["comment"]["content"].text == shown)
                #expect(try list(stage.videos[1]).first?["content"].text == shown)
            }
        }

        @Test func theAuthorIsShownAsTheViewerSeesThem() throws {
            let stage = try ContractStage.here
            let (ada, eve) = (try stage.api.join(), try stage.api.join())
            #expect(try stage.api.comment("seen", on: stage.videos[1], by: ada).code == .success)
            #expect(try stage.api.follow(ada, by: eve) == .success)
            for (viewer, sees) in [(eve, true), (ada, false), (nil, false)] {
                let shown = try #require(try list(stage.videos[1], seenBy: viewer).first)
                #expect(shown["user"]["id"].int == ada.id && shown["user"]["is_follow"].flag == sees)
                #expect(shown["user"]["follower_count"].int == 1)
            }
        }

        @Test func anUnknownVideoIsRefused() throws {
            let stage = try ContractStage.here
            let ada = try stage.api.join()
            #expect(try stage.api.comment("hello", on: 999_999, by: ada).code == .unknownVideo)
            #expect(try stage.api.call(.comments, ["video_id": 999_999]).code == .unknownVideo)
            #expect(try stage.api.deleteComment(999_999, of: stage.videos[0], by: ada).code == .unknownComment)
        }
    }
}
