import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct FavoritesTests {
    @Test func aLikeCountsOnceForTheVideoItsAuthorAndTheLiker() async throws {
        try await withTestDatabase { pool in
            let favorites = Favorites(pool)
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            let video = try await pool.makePublicVideo(by: ada)
            for _ in 0..<2 {
                #expect(try await favorites.add(video, by: bob))
                #expect(try await likes(video, ada, bob, pool) == [1, 1, 1])
            }
            for _ in 0..<2 {
                #expect(try await favorites.remove(video, by: bob))
                #expect(try await likes(video, ada, bob, pool) == [0, 0, 0])
            }
            #expect(try await brokenCounts(pool) == [])
        }
    }

    @Test func authorsMayLikeTheirOwnVideos() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let video = try await pool.makePublicVideo(by: ada)
            #expect(try await Favorites(pool).add(video, by: ada))
            #expect(try await likes(video, ada, ada, pool) == [1, 1, 1])
        }
    }

    @Test func whatNobodySeesCannotBeLikedButALikeCanBeTakenBack() async throws {
        try await withTestDatabase { pool in
            let favorites = Favorites(pool)
            let ada = try await pool.makeUser()
            let hidden = try await pool.makePublicVideo(by: ada)
            #expect(try await favorites.add(hidden, by: ada))
            #expect(try await Videos(pool: pool).hide(hidden))
            #expect(try await favorites.add(hidden, by: ada) == false)
            #expect(try await favorites.remove(hidden, by: ada))
            #expect(try await likes(hidden, ada, ada, pool) == [0, 0, 0])
            let held = try await pool.makeVideo(by: ada, visibility: .held)
            try await pool.publish(held)
            for id in [held, try await pool.makeVideo(by: ada), VideoID(rawValue: 999)] {
                #expect(try await favorites.add(id, by: ada) == false)
            }
            #expect(try await favorites.remove(VideoID(rawValue: 999), by: ada) == false)
            #expect(try await brokenCounts(pool) == [])
        }
    }

    /// The likes of the video, those that its author has got, and those that somebody has given.
    private func likes(_ video: VideoID, _ author: UserID, _ liker: UserID, _ pool: PostgresPool) async throws
        -> [Int64?]
    {
        [
            try await pool.first("SELECT favorite_count FROM counted_videos WHERE id = \(video)", as: Int64.self),
            try await Users(pool).find(author, viewer: nil)?.counts.favorited,
            try await Users(pool).find(liker, viewer: nil)?.counts.favorites,
        ]
    }
}
