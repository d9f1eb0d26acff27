import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct VideoListsTests {
    @Test func authorsSeeAllOfTheirVideosAndOthersWhatIsPublic() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            let shown = try await pool.makePublicVideo(by: ada)
            let processing = try await pool.makeVideo(by: ada)
            let held = try await pool.makeVideo(by: ada, visibility: .held)
            try await pool.publish(held)
            let hidden = try await pool.makePublicVideo(by: ada)
            #expect(try await videos.hide(hidden))
            let removed = try await pool.makePublicVideo(by: ada)
            #expect(try await videos.remove(removed))
            let own = try await videos.list(author: ada, viewer: ada, limit: 10)
            #expect(own.map(\.id) == [hidden, held, processing, shown])
            #expect(own.map(\.visibility) == [.hidden, .held, .public, .public])
            #expect(own.map(\.state) == [.ready, .ready, .processing, .ready])
            #expect(try await videos.list(author: ada, viewer: bob, limit: 10).map(\.id) == [shown])
            #expect(try await videos.list(author: ada, viewer: nil, limit: 10).map(\.id) == [shown])
            #expect(try await videos.list(author: bob, viewer: ada, limit: 10).isEmpty)
            #expect(try await videos.newest(before: .max, limit: 10).map(\.id) == [shown])
            #expect(try await videos.find([removed, hidden, held, processing, shown]).map(\.id) == [shown])
            let locations = try await [shown, held, hidden].asyncMap { try await videos.location(of: $0) }
            let ids = [shown, processing, held, hidden, removed]
            for (viewer, visible) in [(ada, [shown, processing, held, hidden]), (bob, [shown]), (nil, [shown])] {
                let seen = try await ids.asyncMap { try await videos.isVisible($0, to: viewer) ? $0 : nil }
                #expect(seen.compactMap(\.self) == visible)
            }
            #expect(locations == ["videos/\(shown)/1", nil, nil])
        }
    }

    @Test func limitsCutTheOldEnd() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            var ids: [VideoID] = []
            for _ in 0..<4 { ids.insert(try await pool.makePublicVideo(by: ada), at: 0) }
            for id in ids.reversed() { _ = try await Favorites(pool).add(id, by: ada) }
            for limit in [0, 1, 3, 4, 5] {
                let expected = Array(ids.prefix(limit))
                #expect(try await videos.newest(before: .max, limit: limit).map(\.id) == expected)
                #expect(try await videos.list(author: ada, viewer: nil, limit: limit).map(\.id) == expected)
                #expect(try await videos.listFavorites(of: ada, viewer: nil, limit: limit).map(\.id) == expected)
            }
        }
    }

    @Test func aPageOfTheFeedEndsBeforeItsTime() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let (old, new) = (try await pool.makePublicVideo(by: ada), try await pool.makePublicVideo(by: ada))
            let time = try #require(try await videos.find([new]).first?.publishedMilliseconds)
            #expect(try await videos.newest(before: time, limit: 10).map(\.id) == [old])
            #expect(try await videos.newest(before: time + 1, limit: 10).map(\.id) == [new, old])
            #expect(try await videos.newest(before: 0, limit: 10).isEmpty)
            #expect(try await videos.newest(before: .min, limit: 10).isEmpty)
        }
    }

    @Test func aSummaryTellsWhatTheViewerLikesAndFollows() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            let (liked, other) = (try await pool.makePublicVideo(by: ada), try await pool.makePublicVideo(by: bob))
            #expect(try await Favorites(pool).add(liked, by: bob))
            #expect(try await Follows(pool).add(ada, by: bob))
            _ = try await Comments(pool).add("Hello", to: liked, by: bob, isHeld: false)
            let seen = try await videos.newest(before: .max, limit: 10, viewer: bob)
            #expect(seen.map(\.isFavorite) == [false, true] && seen.map(\.author.isFollowed) == [false, true])
            #expect(seen.map(\.favoriteCount) == [0, 1] && seen.map(\.commentCount) == [0, 1])
            #expect(seen[1].author.counts == UserCounts(works: 1, favorited: 1, followers: 1))
            let anonymous = try await videos.newest(before: .max, limit: 10)
            #expect(anonymous.map(\.isFavorite) == [false, false])
            #expect(anonymous.map(\.author.isFollowed) == [false, false])
            let marks = try await videos.marks(of: [bob, ada], videos: [liked, other], authors: [ada, bob])
            #expect(marks == [bob: ViewerMarks(favorites: [liked], followed: [ada])])
            #expect(try await videos.marks(of: [bob], videos: [other], authors: [bob]) == [:])
            #expect(try await videos.marks(of: [bob], videos: [], authors: []) == [:])
            #expect(try await videos.marks(of: [ada], videos: [liked], authors: [ada, bob]) == [:])
        }
    }

    @Test func favoritesAreListedByTheTimeOfTheLikeWhileTheyArePublic() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            let first = try await pool.makePublicVideo(by: ada)
            let second = try await pool.makePublicVideo(by: ada)
            let third = try await pool.makePublicVideo(by: ada)
            for id in [third, first, second] { #expect(try await Favorites(pool).add(id, by: bob)) }
            let ids = { try await videos.listFavorites(of: bob, viewer: ada, limit: 10).map(\.id) }
            #expect(try await ids() == [second, first, third])
            #expect(try await videos.hide(first))
            #expect(try await ids() == [second, third])
            #expect(try await videos.show(first))
            #expect(try await ids() == [second, first, third])
            #expect(try await videos.listFavorites(of: ada, viewer: bob, limit: 10).isEmpty)
        }
    }

    @Test func nobodyAndNothingAreFoundUnderUnknownIDs() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let unknown = UserID(rawValue: .max)
            _ = try await pool.makePublicVideo(by: try await pool.makeUser())
            #expect(try await videos.find([]).isEmpty)
            #expect(try await videos.find([VideoID(rawValue: 0), VideoID(rawValue: .max)]).isEmpty)
            #expect(try await videos.location(of: VideoID(rawValue: .min)) == nil)
            #expect(try await videos.list(author: unknown, viewer: unknown, limit: 10).isEmpty)
            #expect(try await videos.listFavorites(of: unknown, viewer: nil, limit: 10).isEmpty)
        }
    }
}

extension Array {
    func asyncMap<R>(_ transform: (Element) async throws -> R) async throws -> [R] {
        var results: [R] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
