import Database
import Domain
import Jobs
import Postgres
import TestSupport
import Testing

@Suite struct VideosTests {
    @Test func aVideoAndItsJobAreMadeTogetherOrNotAtAll() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let id = try await pool.makeVideo(by: ada)
            let source = try await videos.source(of: id)
            #expect(source?.key == "sources/\(id)/source" && source?.authorID == ada && source?.state == .processing)
            struct Undo: Error {}
            let other = try await videos.reserveID()
            await #expect(throws: Undo.self) {
                try await pool.withTransaction { transaction in
                    try await videos.create(.sample(other, by: ada), in: transaction)
                    throw Undo()
                }
            }
            #expect(try await videos.source(of: other) == nil)
            #expect(try await JobQueue(pool: pool).list(state: nil, limit: 10).count == 1)
        }
    }

    @Test func anUnknownAuthorLeavesNothing() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let id = try await videos.reserveID()
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await videos.create(.sample(id, by: UserID(rawValue: 999)), in: transaction)
                }
            }
            #expect(error?.isA(.foreignKeyViolation) == true)
            #expect(try await JobQueue(pool: pool).list(state: nil, limit: 10).isEmpty)
        }
    }

    @Test func countsFollowEveryChangeOfState() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            #expect(try await pool.works(ada) == [0, 0])
            let first = try await pool.makeVideo(by: ada)
            let second = try await pool.makeVideo(by: ada)
            #expect(try await pool.works(ada) == [2, 0])
            try await pool.publish(first)
            #expect(try await pool.works(ada) == [2, 1])
            try await pool.publish(first, lease: 2)
            #expect(try await pool.works(ada) == [2, 1])
            try await Videos(pool: pool).fail(second, code: "damaged", reason: "Damaged.", in: pool)
            #expect(try await pool.works(ada) == [2, 1])
            try await pool.execute("UPDATE videos SET state = 'removed', failure_code = NULL, failure_reason = NULL")
            #expect(try await pool.works(ada) == [0, 0])
        }
    }

    @Test func betterMediaKeepTheTimeOfPublishing() async throws {
        try await withTestDatabase { pool in
            let id = try await pool.makeVideo(by: try await pool.makeUser())
            try await pool.publish(id, lease: 1)
            let videos = Videos(pool: pool)
            let before = try await videos.newest(before: .max, limit: 1, viewer: nil).first
            try await pool.publish(id, lease: 2)
            let after = try await videos.newest(before: .max, limit: 1, viewer: nil).first
            #expect(before?.publishedMilliseconds == after?.publishedMilliseconds)
            #expect(after?.mediaPrefix == "videos/\(id)/2")
        }
    }

    @Test func aJobThatComesLateChangesNothing() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let ready = try await pool.makeVideo(by: ada)
            try await pool.publish(ready)
            try await videos.fail(ready, code: "damaged", reason: "Damaged.", in: pool)
            #expect(try await videos.location(of: ready) != nil)
            let removed = try await pool.makeVideo(by: ada)
            try await pool.execute("UPDATE videos SET state = 'removed' WHERE id = \(removed)")
            #expect(try await pool.publish(removed) == false)
            #expect(try await pool.publish(VideoID(rawValue: 999)) == false)
            #expect(try await videos.location(of: removed) == nil)
        }
    }

    @Test func timesOfPublishingAreUniqueAndOrderedByCommit() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            var ids: [VideoID] = []
            for _ in 0..<40 { ids.append(try await pool.makeVideo(by: ada)) }
            // A clock that is far ahead makes equal milliseconds certain.
            try await pool.execute("UPDATE video_clock SET published_ms = 32503680000000")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [count = ids.count] in try await watchTheFeedGrow(pool, upTo: count) }
                for id in ids { group.addTask { try await pool.publish(id) } }
                try await group.waitForAll()
            }
            let times = try await Videos(pool: pool).newest(before: .max, limit: 100, viewer: nil)
                .compactMap(\.publishedMilliseconds)
            #expect(times == (1...40).map { 32_503_680_000_000 + $0 }.reversed())
        }
    }

    /// Everybody who publishes needs the clock's row: it is locked for no longer than a COMMIT takes.
    @Test func publisherThatStopsBeforeItsCommitHoldsNobodyUp() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let (slow, quick) = (try await pool.makeVideo(by: ada), try await pool.makeVideo(by: ada))
            let held = try await pool.makeVideo(by: ada, visibility: .held)
            try await pool.publish(held)
            let package = MediaPackage(width: 360, height: 640, durationSeconds: 3, renditions: [], files: [])
            try await pool.withTransaction { stopped in
                let isPublished = try await Videos(pool: pool)
                    .publish(slow, prefix: "videos/\(slow)/1", package: package, in: stopped)
                #expect(isPublished)
                try await pool.execute("UPDATE video_clock SET published_ms = published_ms")
            }
            #expect(try await pool.publish(quick))
            #expect(try await Videos(pool: pool).show(held))
            let ids = try await Videos(pool: pool).newest(before: .max, limit: 9, viewer: nil).map(\.id)
            #expect(ids == [held, quick, slow])
        }
    }

    /// Whoever looks sees no gap that is filled later: only newer videos are ever added.
    private func watchTheFeedGrow(_ pool: PostgresPool, upTo count: Int) async throws {
        var seen: [VideoID] = []
        while seen.count < count {
            let now = try await Videos(pool: pool).newest(before: .max, limit: 100, viewer: nil).map(\.id)
            #expect(Array(now.suffix(seen.count)) == seen)
            seen = now
        }
    }

    @Test func aVideoIsAnnouncedWhenItAppearsAndWhenItsMediaChange() async throws {
        try await withTestDatabase { pool in
            let id = try await pool.makeVideo(by: try await pool.makeUser())
            let heard = try await pool.announcements { () async throws in
                try await pool.publish(id, lease: 1)
                try await pool.publish(id, lease: 2)
            }
            #expect(heard == ["videos_changed \(id)", "videos_changed \(id)"])
        }
    }

    @Test func whatTheProbeFoundIsKept() async throws {
        try await withTestDatabase { pool in
            let id = try await pool.makeVideo(by: try await pool.makeUser())
            let stream = VideoStream(
                index: 0,
                codec: "h264",
                width: 640,
                height: 360,
                pixelFormat: "yuv420p",
                sampleAspectRatio: 1,
                frameRate: 30
            )
            let info = MediaInfo(container: "mov,mp4", durationSeconds: 3, sizeBytes: 7, video: stream, audio: nil)
            try await Videos(pool: pool).recordProbe(id, info: info, in: pool)
            let kept = try await pool.first(
                "SELECT media_info FROM videos WHERE id = \(id)",
                as: PostgresJSON<MediaInfo>.self
            )
            #expect(kept?.value == info)
        }
    }

    @Test(arguments: [
        "UPDATE videos SET state = 'ready'", "UPDATE videos SET state = 'failed'", "UPDATE videos SET state = 'odd'",
        "UPDATE videos SET source_sha256 = ''", "UPDATE videos SET failure_code = 'x', failure_reason = 'y'",
        "INSERT INTO video_clock (published_ms) VALUES (1)", "UPDATE users SET ready_count = 5",
        "UPDATE users SET name = ''",
    ])
    func theDatabaseItselfRefusesImpossibleStates(statement: String) async throws {
        try await withTestDatabase { pool in
            _ = try await pool.makeVideo(by: try await pool.makeUser())
            await #expect(throws: PostgresError.self) { try await pool.execute(SQL(verbatim: statement)) }
        }
    }
}
