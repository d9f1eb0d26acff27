import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct CountLogTests {
    @Test func foldingChangesNoCountAndEmptiesTheLog() async throws {
        try await withTestDatabase { pool in
            let (ada, bob) = (try await pool.makeUser("ada"), try await pool.makeUser("bob"))
            let video = try await pool.makePublicVideo(by: ada)
            try await interact(bob, ada, video, pool)
            let profiles = try await [ada, bob].asyncMap { try await Users(pool).find($0, viewer: nil) }
            let videos = try await Videos(pool: pool).find([video])
            let heard = try await pool.announcements { () async throws in
                // Of the video a like and a comment; of the users a like given, one received, and a follow on each side.
                #expect(try await CountLog(pool).fold() == 6)
                #expect(try await CountLog(pool).fold() == 0)
            }
            #expect(Set(heard.prefix(1)) == ["videos_changed \(video)"])
            #expect(heard.dropFirst().flatMap(ids).sorted() == [ada.rawValue, bob.rawValue])
            #expect(try await [ada, bob].asyncMap { try await Users(pool).find($0, viewer: nil) } == profiles)
            #expect(try await Videos(pool: pool).find([video]) == videos)
            #expect(try await folded(video, pool) == [1, 1])
            #expect(try await brokenCounts(pool) == [])
        }
    }

    @Test func whatCancelsOutIsFoldedToNothing() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let video = try await pool.makePublicVideo(by: ada)
            for _ in 0..<3 {
                #expect(try await Favorites(pool).add(video, by: ada))
                #expect(try await Favorites(pool).remove(video, by: ada))
            }
            #expect(try await CountLog(pool).fold() > 0)
            #expect(try await folded(video, pool) == [0, 0])
            #expect(try await brokenCounts(pool) == [])
        }
    }

    @Test func oneFoldTakesABatch() async throws {
        try await withTestDatabase { pool in
            let video = try await pool.makePublicVideo(by: try await pool.makeUser())
            let count = CountLog.batchLength + 1
            try await pool.execute(
                "INSERT INTO video_count_log (video_id, favorites) SELECT \(video), 1 FROM generate_series(1, \(count))"
            )
            let shown = { try await Videos(pool: pool).find([video]).map(\.favoriteCount) }
            for (length, total) in [(CountLog.batchLength, CountLog.batchLength), (1, count), (0, count)] {
                #expect(try await CountLog(pool).fold() == length)
                #expect(try await folded(video, pool) == [Int64(total), 0])
                #expect(try await shown() == [Int64(count)])
            }
        }
    }

    @Test func whileOneFoldsTheOthersFindNothingToDo() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let video = try await pool.makePublicVideo(by: ada)
            try await pool.execute("INSERT INTO video_count_log (video_id, favorites) VALUES (\(video), 1)")
            try await pool.withTransaction { transaction in
                // A fold that is interrupted before its end, which holds the lock until then.
                try await transaction.execute("SELECT pg_advisory_xact_lock(7263512904)")
                #expect(try await CountLog(pool).fold() == 0)
            }
            #expect(try await CountLog(pool).fold() == 1)
        }
    }

    @Test func vacuumingIsPossibleAtAnyTime() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let video = try await pool.makePublicVideo(by: ada)
            try await CountLog(pool).vacuum()
            #expect(try await Favorites(pool).add(video, by: ada))
            try await CountLog(pool).vacuum()
            #expect(try await CountLog(pool).fold() == 3)
            try await CountLog(pool).vacuum()
            let size = try await pool.first("SELECT pg_relation_size('video_count_log')", as: Int64.self)
            #expect(size == 0)
        }
    }

    /// Both need the video's row and its entries in the log: in another order than each other's they wait for ever.
    @Test func foldingWaitsForAnErasureAndNotBothForEachOther() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let video = try await pool.makePublicVideo(by: ada)
            #expect(try await Comments(pool).add("Hello", to: video, by: ada, isHeld: false) != nil)
            #expect(try await Videos(pool: pool).remove(video))
            let folding = try await pool.withTransaction { erasing in
                try await erasing.execute("SELECT FROM videos WHERE id = \(video) FOR UPDATE")
                let folding = Task { try await CountLog(pool).fold() }
                try await eventually {
                    let waiting: SQL = """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'
                        """
                    return try await pool.first(waiting, as: Int.self) == 1
                }
                try await Videos(pool: pool).erase(video, in: erasing)
                return folding
            }
            _ = try await folding.value
            #expect(try await Videos(pool: pool).location(of: video) == nil)
        }
    }

    /// A follow, a like and a comment.
    private func interact(_ user: UserID, _ other: UserID, _ video: VideoID, _ pool: PostgresPool) async throws {
        #expect(try await Follows(pool).add(other, by: user))
        #expect(try await Favorites(pool).add(video, by: user))
        #expect(try await Comments(pool).add("Hello", to: video, by: user, isHeld: false) != nil)
    }

    /// The ids of an announcement.
    private func ids(_ announcement: String) -> [Int64] {
        announcement.split(separator: " ").last.map { ChangeChannel.ids(in: String($0)) } ?? []
    }

    /// The likes and comments that have been added up.
    private func folded(_ video: VideoID, _ pool: PostgresPool) async throws -> [Int64] {
        let counts = try await pool.first(
            "SELECT favorite_count, comment_count FROM videos WHERE id = \(video)",
            as: (Int64, Int64).self
        )
        return counts.map { [$0.0, $0.1] } ?? []
    }
}
