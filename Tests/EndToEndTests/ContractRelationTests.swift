import Foundation
import Testing

extension ContractTests {
    @Suite struct Relations {
        @Test func followingTwiceIsFollowingOnceAndSoIsCeasing() throws {
            let api = try ContractStage.here.api
            let (ada, eve) = (try api.join(), try api.join())
            for (action, count) in [(2, 0), (1, 1), (1, 1), (2, 0), (2, 0), (1, 1)] as [(Int, Int64)] {
                #expect(try api.follow(eve, action, by: ada) == .success)
                let (follower, followed) = (try api.user(ada.id), try api.user(eve.id, seenBy: ada))
                #expect(follower["follow_count"].int == count && follower["follower_count"].int == 0)
                #expect(followed["follower_count"].int == count && followed["follow_count"].int == 0)
                #expect(followed["is_follow"].flag == (count == 1))
                #expect(try api.user(eve.id)["is_follow"].flag == false)
                #expect(try api.users(.followed, of: ada).compactMap { $0["id"].int } == (count == 1 ? [eve.id] : []))
                #expect(try api.users(.followers, of: eve).compactMap { $0["id"].int } == (count == 1 ? [ada.id] : []))
            }
        }

        @Test func oneselfAndTheUnknownAreRefused() throws {
            let api = try ContractStage.here.api
            let ada = try api.join()
            for action in [1, 2] {
                #expect(try api.follow(ada, action, by: ada) == .ownAccount)
                let nobody = try api.call(
                    .follow,
                    ["token": ada.token, "to_user_id": 999_999, "action_type": action]
                )
                #expect(nobody.code == .unknownUser)
            }
            for route in [ContractRoute.followed, .followers, .friends] {
                #expect(try api.call(route, ["user_id": 999_999, "token": ada.token]).code == .unknownUser)
                #expect(try api.call(route, ["user_id": ada.id]).code == .notLoggedIn)
            }
        }

        /// Ada follows Bob and Cyd, both follow her too, and Dan only follows her.
        @Test func friendsFollowEachOther() throws {
            let api = try ContractStage.here.api
            let (ada, bob, cyd, dan) = (try api.join(), try api.join(), try api.join(), try api.join())
            for (other, follower) in [(bob, ada), (cyd, ada), (ada, bob), (ada, cyd), (ada, dan)] {
                #expect(try api.follow(other, by: follower) == .success)
            }
            func ids(_ route: ContractRoute, seenBy viewer: ContractClient.Member) throws -> [Int64] {
                try api.users(route, of: ada, seenBy: viewer).compactMap { $0["id"].int }
            }
            for viewer in [ada, dan] {
                #expect(try ids(.followed, seenBy: viewer) == [cyd.id, bob.id])
                #expect(try ids(.followers, seenBy: viewer) == [dan.id, cyd.id, bob.id])
                #expect(try ids(.friends, seenBy: viewer) == [cyd.id, bob.id])
            }
            for (viewer, followed) in [(ada, [true, true, false]), (bob, [false, false, false])] {
                let shown = try [cyd, bob, dan].map { member in
                    try api.users(.followers, of: ada, seenBy: viewer).first { $0["id"].int == member.id }
                }
                #expect(shown.map { $0?["is_follow"].flag } == followed)
            }
            #expect(try api.follow(ada, 2, by: bob) == .success)
            #expect(try ids(.friends, seenBy: ada) == [cyd.id])
            #expect(try api.users(.friends, of: bob).isEmpty && api.users(.friends, of: dan).isEmpty)
        }

        @Test func aFriendComesWithTheNewestMessage() throws {
            let api = try ContractStage.here.api
            let (ada, bob) = (try api.join(), try api.join())
            #expect(try api.follow(bob, by: ada) == .success)
            #expect(try api.follow(ada, by: bob) == .success)
            func check(_ text: String, sentBy sender: ContractClient.Member?) throws {
                for (member, friend) in [(ada, bob), (bob, ada)] {
                    let shown = try #require(try api.users(.friends, of: member).first)
                    #expect(shown["id"].int == friend.id && shown["message"].text == text)
                    #expect(shown["msgType"].int == (sender?.id == member.id ? 1 : 0))
                }
            }
            try check("", sentBy: nil)
            for (text, sender, receiver) in [("在吗？", ada, bob), ("在", bob, ada), ("回见", bob, ada)] {
                #expect(try api.write(text, to: receiver, by: sender).code == .success)
                try check(text, sentBy: sender)
            }
        }
    }
}
