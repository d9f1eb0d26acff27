import Database
import Domain
import Feed
import Postgres
import TestSupport
import Testing

@Suite struct LiveFeedTests {
    /// Renders a video as its id and its count of likes, and the first page as the ids on it.
    private struct Plain: FeedRenderer {
        struct Video: Sendable, Equatable {
            let id: VideoID
            let favorites: Int64
            let author: String
        }

        func render(_ video: VideoSummary) -> Video {
            Video(id: video.id, favorites: video.favoriteCount, author: video.author.name)
        }

        func render(_ videos: [Video], nextTime: Int64) -> [VideoID] { videos.map(\.id) }
    }

    private typealias Feed = LiveFeed<Plain>

    private func makeFeed(_ pool: PostgresPool, capacity: Int = 3000) -> Feed {
        LiveFeed(Videos(pool: pool), renderer: Plain(), capacity: capacity)
    }

    private func makeUser(_ pool: PostgresPool) async throws -> UserID {
        try #require(try await Users(pool).create(Username("user\(Int.random(in: 0 ... .max))"), passwordHash: "hash"))
    }

    /// Publishes so many videos and returns their ids, oldest first.
    private func publish(_ count: Int, _ pool: PostgresPool, by author: UserID? = nil) async throws -> [VideoID] {
        let videos = Videos(pool: pool)
        let newAuthor = try await makeUser(pool)
        let package = MediaPackage(width: 360, height: 640, durationSeconds: 3, renditions: [], files: [])
        var ids: [VideoID] = []
        for _ in 0..<count {
            let id = try await videos.reserveID()
            let video = NewVideo(
                id: id,
                authorID: author ?? newAuthor,
                title: "A title",
                sourceKey: "sources/\(id)/source",
                sourceBytes: 1,
                sourceSHA256: [UInt8](repeating: 0, count: 32)
            )
            try await pool.withTransaction { transaction in
                try await videos.create(video, in: transaction)
                _ = try await videos.publish(id, prefix: "videos/\(id)/1", package: package, in: transaction)
            }
            ids.append(id)
        }
        return ids
    }

    private func ids(_ feed: Feed, _ cursor: FeedCursor = .newest) async throws -> [VideoID] {
        try await feed.page(from: cursor).ids
    }

    /// Nothing in memory, all of it, and less than all of it.
    @Test(arguments: [nil, 3000, 40]) func pagesFollowEachOtherExactly(capacity: Int?) async throws {
        try await withTestDatabase { pool in
            let feed = makeFeed(pool, capacity: capacity ?? 3000)
            let made = try await publish(95, pool)
            if capacity != nil { try await feed.reload() }
            var page = try await feed.page(from: .newest)
            var lengths = [page.videos.count]
            var seen = page.ids
            while !page.videos.isEmpty {
                // Those who come later are above, and move nothing below.
                let later = try await publish(2, pool)
                if capacity != nil { try await feed.refresh(videos: later) }
                page = try await feed.page(from: FeedCursor(latestTime: page.nextTime))
                lengths.append(page.videos.count)
                seen += page.ids
            }
            #expect(lengths == [30, 30, 30, 5, 0])
            #expect(seen == made.reversed())
        }
    }

    @Test(arguments: [false, true]) func theEndStaysTheEnd(isLoaded: Bool) async throws {
        try await withTestDatabase { pool in
            let feed = makeFeed(pool)
            _ = try await publish(1, pool)
            if isLoaded { try await feed.reload() }
            let last = try await feed.page(from: .newest).nextTime
            let cursor = FeedCursor(latestTime: last)
            #expect(try await feed.page(from: cursor).nextTime == last)
            let later = try await publish(1, pool)
            if isLoaded { try await feed.refresh(videos: later) }
            let end = try await feed.page(from: cursor)
            #expect(end.videos.isEmpty && end.nextTime == last)
        }
    }

    /// A burst of more than one video per millisecond runs ahead of the clock.
    @Test func timesAheadOfTheClockPageAsWell() async throws {
        try await withTestDatabase { pool in
            try await pool.execute("UPDATE video_clock SET published_ms = 32503680000000")
            let feed = makeFeed(pool)
            let made = try await publish(40, pool)
            let first = try await feed.page(from: .newest)
            let second = try await feed.page(from: FeedCursor(latestTime: first.nextTime))
            let third = try await feed.page(from: FeedCursor(latestTime: second.nextTime))
            #expect(first.ids + second.ids == made.reversed())
            #expect(third.videos.isEmpty)
        }
    }

    @Test func whatIsInMemoryFollowsTheDatabase() async throws {
        try await withTestDatabase { pool in
            let feed = makeFeed(pool)
            let videos = Videos(pool: pool)
            var made = try await publish(3, pool)
            #expect(feed.firstPage == nil)
            try await feed.reload()
            #expect(feed.firstPage == made.reversed())
            made += try await publish(1, pool)
            #expect(feed.firstPage?.count == 3, "nobody has told it yet")
            try await feed.refresh(videos: [made[3]])
            #expect(feed.firstPage == made.reversed())
            #expect(try await videos.hide(made[1]))
            try await feed.refresh(videos: [made[1]])
            #expect(feed.firstPage == [made[3], made[2], made[0]])
            #expect(try await videos.show(made[1]))
            #expect(try await videos.remove(made[3]))
            try await feed.refresh(videos: [made[1], made[3]])
            #expect(feed.firstPage == [made[2], made[1], made[0]])
            #expect(try await ids(feed) == [made[2], made[1], made[0]])
        }
    }

    @Test func theLastVideoCanGo() async throws {
        try await withTestDatabase { pool in
            let feed = makeFeed(pool)
            let made = try await publish(1, pool)
            try await feed.reload()
            #expect(try await Videos(pool: pool).hide(made[0]))
            try await feed.refresh(videos: made)
            #expect(feed.firstPage == nil)
            #expect(try await ids(feed).isEmpty)
        }
    }

    @Test func onlyTheNewestStayAndTheRestComesFromTheDatabase() async throws {
        try await withTestDatabase { pool in
            let feed = makeFeed(pool, capacity: 35)
            var made = try await publish(50, pool)
            try await feed.reload()
            // One that is older than all in memory changes nothing there.
            try await feed.refresh(videos: [made[0]])
            let later = try await publish(10, pool)
            try await feed.refresh(videos: later)
            made += later
            let first = try await feed.page(from: .newest)
            let second = try await feed.page(from: FeedCursor(latestTime: first.nextTime))
            #expect(first.ids + second.ids == made.reversed())
        }
    }

    @Test func likesAndNamesOfAuthorsAreRenewed() async throws {
        try await withTestDatabase { pool in
            let feed = makeFeed(pool)
            let (author, viewer) = (try await makeUser(pool), try await makeUser(pool))
            let made = try await publish(2, pool, by: author)
            try await feed.reload()
            #expect(try await Favorites(pool).add(made[0], by: viewer))
            try await feed.refresh(videos: [made[0]])
            try await pool.execute("UPDATE users SET name = 'renamed' WHERE id = \(author)")
            try await feed.refresh(authors: [viewer])
            #expect(try await feed.page(from: .newest).videos.map(\.favorites) == [0, 1])
            try await feed.refresh(authors: [author])
            #expect(try await feed.page(from: .newest).videos.map(\.author) == ["renamed", "renamed"])
        }
    }

    @Test func marksAreTheViewersOwn() async throws {
        try await withTestDatabase { pool in
            let feed = makeFeed(pool)
            let (author, viewer) = (try await makeUser(pool), try await makeUser(pool))
            let liked = try await publish(1, pool, by: author)
            _ = try await publish(1, pool)
            try await feed.reload()
            #expect(try await Favorites(pool).add(liked[0], by: viewer))
            #expect(try await Follows(pool).add(author, by: viewer))
            let page = try await feed.page(from: .newest)
            #expect(
                try await feed.marks(of: viewer, on: page) == ViewerMarks(favorites: [liked[0]], followed: [author])
            )
            #expect(try await feed.marks(of: author, on: page) == ViewerMarks())
        }
    }
}
