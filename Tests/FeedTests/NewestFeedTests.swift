import Database
import Domain
import Feed
import Postgres
import TestSupport
import Testing

@Suite struct NewestFeedTests {
    /// Publishes so many videos and returns their ids, oldest first.
    private func publish(_ count: Int, _ pool: PostgresPool) async throws -> [VideoID] {
        let videos = Videos(pool: pool)
        let name = "author\(Int.random(in: 0 ... .max))"
        let author = try #require(try await Users(pool).create(Username(name), passwordHash: "hash"))
        let package = MediaPackage(width: 360, height: 640, durationSeconds: 3, renditions: [], files: [])
        var ids: [VideoID] = []
        for _ in 0..<count {
            let id = try await videos.reserveID()
            let video = NewVideo(
                id: id,
                authorID: author,
                title: try VideoTitle("A title"),
                sourceKey: "sources/\(id)/source",
                sourceBytes: 1,
                sourceSHA256: [UInt8](repeating: 0, count: 32)
            )
            try await videos.create(video)
            try await pool.withTransaction { transaction in
                _ = try await videos.publish(id, prefix: "videos/\(id)/1", package: package, in: transaction)
            }
            ids.append(id)
        }
        return ids
    }

    @Test func pagesFollowEachOtherExactly() async throws {
        try await withTestDatabase { pool in
            let feed = NewestFeed(Videos(pool: pool))
            let made = try await publish(95, pool)
            var page = try await feed.page(from: .newest, viewer: nil)
            var lengths = [page.videos.count]
            var seen = page.videos.map(\.id)
            while !page.videos.isEmpty {
                // Those who come later are above, and move nothing below.
                _ = try await publish(2, pool)
                page = try await feed.page(from: FeedCursor(latestTime: page.nextTime), viewer: nil)
                lengths.append(page.videos.count)
                seen += page.videos.map(\.id)
            }
            #expect(lengths == [30, 30, 30, 5, 0])
            #expect(seen == made.reversed())
        }
    }

    @Test func theEndStaysTheEnd() async throws {
        try await withTestDatabase { pool in
            let feed = NewestFeed(Videos(pool: pool))
            _ = try await publish(1, pool)
            let last = try await feed.page(from: .newest, viewer: nil).nextTime
            let cursor = FeedCursor(latestTime: last)
            #expect(try await feed.page(from: cursor, viewer: nil).nextTime == last)
            _ = try await publish(1, pool)
            let end = try await feed.page(from: cursor, viewer: nil)
            #expect(end.videos.isEmpty && end.nextTime == last)
        }
    }

    /// A burst of more than one video per millisecond runs ahead of the clock.
    @Test func timesAheadOfTheClockPageAsWell() async throws {
        try await withTestDatabase { pool in
            try await pool.execute("UPDATE video_clock SET published_ms = 32503680000000")
            let feed = NewestFeed(Videos(pool: pool))
            let made = try await publish(40, pool)
            let first = try await feed.page(from: .newest, viewer: nil)
            let second = try await feed.page(from: FeedCursor(latestTime: first.nextTime), viewer: nil)
            let third = try await feed.page(from: FeedCursor(latestTime: second.nextTime), viewer: nil)
            #expect((first.videos + second.videos).map(\.id) == made.reversed())
            #expect(third.videos.isEmpty)
        }
    }
}
