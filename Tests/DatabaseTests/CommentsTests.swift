import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct CommentsTests {
    @Test func commentsAreListedNewestFirstWithTheirAuthors() async throws {
        try await withTestDatabase { pool in
            let comments = Comments(pool)
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            let (video, other) = (try await pool.makePublicVideo(by: ada), try await pool.makePublicVideo(by: ada))
            #expect(try await Follows(pool).add(bob, by: ada))
            let first = try #require(try await comments.add("First", to: video, by: bob, isHeld: false))
            let second = try #require(try await comments.add("Second", to: video, by: ada, isHeld: false))
            _ = try await comments.add("Elsewhere", to: other, by: bob, isHeld: false)
            let seen = try await comments.list(of: video, viewer: ada, limit: 10)
            #expect(seen.map(\.id) == [second.id, first.id] && seen.map(\.text) == ["Second", "First"])
            #expect(seen.map(\.author.id) == [ada, bob] && seen.map(\.author.isFollowed) == [false, true])
            let today = try await pool.first("SELECT to_char(clock_timestamp(), 'MM-DD')", as: String.self)
            #expect(seen.map(\.createDate) == [today, today] && first.createDate == today)
            for limit in [0, 1, 2, 3] {
                let ids = try await comments.list(of: video, viewer: nil, limit: limit).map(\.id)
                #expect(ids == Array([second.id, first.id].prefix(limit)))
            }
            #expect(try await brokenCounts(pool) == [])
        }
    }

    @Test func whatNobodySeesCannotBeCommentedOn() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            for video in [try await pool.makeVideo(by: ada), VideoID(rawValue: 999)] {
                #expect(try await Comments(pool).add("Hello", to: video, by: ada, isHeld: false) == nil)
            }
            #expect(try await pool.first("SELECT count(*) FROM comments", as: Int.self) == 0)
            #expect(try await pool.first("SELECT count(*) FROM video_count_log", as: Int.self) == 0)
        }
    }

    @Test func aHeldCommentIsSeenByItsAuthorAloneAndNotCounted() async throws {
        try await withTestDatabase { pool in
            let comments = Comments(pool)
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            let video = try await pool.makePublicVideo(by: ada)
            let held = try #require(try await comments.add("Hm", to: video, by: bob, isHeld: true))
            #expect(try await comments.list(of: video, viewer: bob, limit: 10).map(\.id) == [held.id])
            #expect(try await comments.list(of: video, viewer: ada, limit: 10).isEmpty)
            #expect(try await comments.list(of: video, viewer: nil, limit: 10).isEmpty)
            #expect(try await Videos(pool: pool).find([video]).map(\.commentCount) == [0])
            #expect(try await comments.delete(held.id, of: video, by: bob) == .deleted)
            #expect(try await brokenCounts(pool) == [])
        }
    }

    @Test func aHeldCommentTakesNoPlaceOnAnotherViewersPage() async throws {
        try await withTestDatabase { pool in
            let comments = Comments(pool)
            let ada = try await pool.makeUser()
            let video = try await pool.makePublicVideo(by: ada)
            let shown = try #require(try await comments.add("Hello", to: video, by: ada, isHeld: false))
            for _ in 0..<3 { _ = try await comments.add("Hm", to: video, by: ada, isHeld: true) }
            #expect(try await comments.list(of: video, viewer: nil, limit: 1).map(\.id) == [shown.id])
        }
    }

    @Test func itsAuthorAndTheVideosAuthorMayDeleteAComment() async throws {
        try await withTestDatabase { pool in
            let comments = Comments(pool)
            let users = try await pool.makeUsers(3)
            let (video, other) = (
                try await pool.makePublicVideo(by: users[0]), try await pool.makePublicVideo(by: users[1])
            )
            let byItself = try #require(try await comments.add("Mine", to: video, by: users[1], isHeld: false)).id
            let byOwner = try #require(try await comments.add("Yours", to: video, by: users[1], isHeld: false)).id
            #expect(try await comments.delete(byItself, of: video, by: users[2]) == .notAllowed)
            #expect(try await comments.delete(byItself, of: other, by: users[1]) == .unknown)
            #expect(try await comments.delete(CommentID(rawValue: 999), of: video, by: users[1]) == .unknown)
            #expect(try await Videos(pool: pool).find([video]).map(\.commentCount) == [2])
            #expect(try await comments.delete(byItself, of: video, by: users[1]) == .deleted)
            #expect(try await comments.delete(byItself, of: video, by: users[1]) == .unknown)
            #expect(try await comments.delete(byOwner, of: video, by: users[0]) == .deleted)
            #expect(try await Videos(pool: pool).find([video]).map(\.commentCount) == [0])
            #expect(try await brokenCounts(pool) == [])
        }
    }

    @Test func aCommentOnAHiddenVideoCanBeDeleted() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let video = try await pool.makePublicVideo(by: ada)
            let comment = try #require(try await Comments(pool).add("Hello", to: video, by: ada, isHeld: false))
            #expect(try await Videos(pool: pool).hide(video))
            #expect(try await Comments(pool).delete(comment.id, of: video, by: ada) == .deleted)
        }
    }
}
