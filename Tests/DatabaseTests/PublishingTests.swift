import Database
import Domain
import Jobs
import Postgres
import TestSupport
import Testing

/// A video that is played before everything of it is made.
@Suite struct PublishingTests {
    @Test func theFirstRenditionMakesAVideoPlayableAndTheWholePackageCompletesIt() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let id = try await pool.makeVideo(by: ada)
            let videos = Videos(pool: pool)
            #expect(try await videos.status(of: id, viewer: nil) == nil)
            #expect(try await videos.status(of: id, viewer: ada)?.playableMilliseconds == nil)
            try await pool.publish(id, lease: 1, isComplete: false)
            let playable = try #require(try await videos.status(of: id, viewer: nil))
            #expect(playable.mediaPrefix == "videos/\(id)/1" && playable.completeMilliseconds == nil)
            #expect(try await videos.source(of: id)?.needsMedia == true)
            try await pool.publish(id, lease: 2)
            let complete = try #require(try await videos.status(of: id, viewer: nil))
            #expect(complete.mediaPrefix == "videos/\(id)/2")
            #expect(complete.playableMilliseconds == playable.playableMilliseconds)
            let (first, last) = (complete.playableMilliseconds ?? .max, complete.completeMilliseconds ?? 0)
            #expect(first <= last)
            #expect(try await videos.source(of: id)?.needsMedia == false)
        }
    }

    @Test func whatWasReplacedIsRemovedOnlyLater() async throws {
        try await withTestDatabase { pool in
            let id = try await pool.makeVideo(by: try await pool.makeUser())
            try await pool.publish(id, lease: 1, isComplete: false)
            #expect(try await retirements(pool).isEmpty)
            try await pool.publish(id, lease: 2)
            let retirements = try await retirements(pool)
            #expect(retirements.map(\.0) == [#"{"prefix": "videos/\#(id)/1"}"#])
            // The default is six hours.
            let delay = try #require(retirements.first?.1)
            #expect((21_500...21_600).contains(delay))
        }
    }

    private func retirements(_ pool: PostgresPool) async throws -> [(String, Double)] {
        try await pool.query(
            """
            SELECT arguments::text, extract(epoch FROM scheduled_at - clock_timestamp())::float8
            FROM jobs.job WHERE kind = 'retire_media'
            """,
            as: (String, Double).self
        )
    }

    @Test func wishesComeBackAsTheyWereSaid() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let videos = Videos(pool: pool)
            for cover in [CoverWish.automatic, .at(seconds: 2.5), .image(key: "sources/1/cover.jpg")] {
                var video = NewVideo.sample(try await videos.reserveID(), by: ada)
                (video.cover, video.pipeline) = (cover, "archive")
                try await pool.withTransaction { [video] in try await videos.create(video, in: $0) }
                let source = try await videos.source(of: video.id)
                #expect(source?.cover == cover && source?.pipeline == "archive")
            }
        }
    }

    @Test func progressIsTheMeanOverWhatIsEncoded() async throws {
        try await withTestDatabase { pool in
            let id = try await pool.makeVideo(by: try await pool.makeUser())
            let videos = Videos(pool: pool)
            #expect(try await videos.progress(of: id) == nil)
            try await pool.execute(
                """
                UPDATE jobs.job SET kind = 'encode_chunk', state = 'completed', finished_at = clock_timestamp(),
                    attempted_at = clock_timestamp() - interval '10 seconds'
                """
            )
            try await pool.execute(
                """
                INSERT INTO jobs.job (flow_id, owner_id, deadline, state, blockers, priority, max_attempts, queue, kind, node,
                                      arguments)
                SELECT flow_id, owner_id, deadline, 'available', 0, priority, max_attempts, queue, kind, 'other', arguments
                FROM jobs.job
                """
            )
            let progress = try #require(try await videos.progress(of: id))
            #expect(progress.fraction == 0.5)
            let left = try #require(progress.secondsLeft)
            #expect((10...20).contains(left))
        }
    }

    @Test func aPieceIsWhereTheLastAttemptPutIt() async throws {
        try await withTestDatabase { pool in
            let id = try await pool.makeVideo(by: try await pool.makeUser())
            let parts = VideoParts(pool)
            try await parts.record("0", of: id, prefix: "chunks/1/1", in: pool)
            try await parts.record("0", of: id, prefix: "chunks/1/2", in: pool)
            try await parts.record(VideoParts.sound, of: id, prefix: "chunks/1/3", in: pool)
            #expect(try await parts.list(of: id) == ["0": "chunks/1/2", "sound": "chunks/1/3"])
            try await parts.remove(of: id, in: pool)
            #expect(try await parts.list(of: id).isEmpty)
        }
    }
}
