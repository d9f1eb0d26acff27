import Foundation
import Testing

extension ContractTests {
    @Suite struct Favorites {
        /// The counts that a like moves.
        private struct Counts: Equatable {
            var video: Int64
            var author: Int64
            var fan: Int64

            init(video: Int64, author: Int64, fan: Int64) { (self.video, self.author, self.fan) = (video, author, fan) }

            init(_ id: Int64, fan: ContractClient.Member, in stage: ContractStage) throws {
                let list = try stage.api.videos(.published, of: stage.author)
                video = try #require(list.first { $0["id"].int == id }?["favorite_count"].int)
                author = try #require(try stage.api.user(stage.author.id)["total_favorited"].int)
                self.fan = try #require(try stage.api.user(fan.id)["favorite_count"].int)
            }
        }

        @Test func likingTwiceIsLikingOnceAndSoIsTakingItBack() async throws {
            let stage = try ContractStage.here
            let (ada, video) = (try stage.api.join(), stage.videos[0])
            let start = try Counts(video, fan: ada, in: stage)
            let liked = Counts(video: start.video + 1, author: start.author + 1, fan: 1)
            // 2 before any like: taking back nothing is success.
            for (action, counts) in [(2, start), (1, liked), (1, liked), (2, start), (2, start), (1, liked)] {
                #expect(try stage.api.like(video, action, by: ada) == .success)
                #expect(try Counts(video, fan: ada, in: stage) == counts)
            }
            _ = try await eventually(within: 2, "the feed knows the like") {
                let shown = try stage.api.videoInFeed(video, seenBy: ada)
                return shown?["favorite_count"].int == liked.video && shown?["is_favorite"].flag == true ? true : nil
            }
        }

        @Test func theListIsOpenAndMarkedForItsViewer() throws {
            let stage = try ContractStage.here
            let (ada, eve) = (try stage.api.join(), try stage.api.join())
            #expect(try stage.api.videos(.favorites, of: ada).isEmpty)
            for video in stage.videos { #expect(try stage.api.like(video, by: ada) == .success) }
            for (viewer, sees) in [(ada, true), (eve, false), (nil, false)] {
                let list = try stage.api.videos(.favorites, of: ada, seenBy: viewer)
                #expect(list.compactMap { $0["id"].int } == stage.videos.reversed(), "newest like first")
                #expect(list.allSatisfy { $0["is_favorite"].flag == sees })
            }
            #expect(try stage.api.like(stage.videos[0], 2, by: ada) == .success)
            #expect(try stage.api.videos(.favorites, of: ada).count == stage.videos.count - 1)
            #expect(try stage.api.call(.favorites, ["token": ada.token])["video_list"].items.count == 1)
        }

        @Test func anUnknownVideoIsRefused() throws {
            let stage = try ContractStage.here
            let ada = try stage.api.join()
            for video in [0, -1, 999_999, Int64.max] {
                for action in [1, 2] { #expect(try stage.api.like(video, action, by: ada) == .unknownVideo) }
            }
            #expect(try stage.api.call(.favorites, ["user_id": 999_999]).code == .unknownUser)
            #expect(try stage.api.call(.favorites).code == .missingParameter)
        }
    }
}
