import Database
import Domain
import Foundation
import Jobs
import ObjectStorage
import Postgres
import Testing

@testable import Processing

@Suite struct EraseVideoTests {
    @Test(.timeLimit(.minutes(10))) func nothingOfARemovedVideoIsLeftInTheStoreNorInTheDatabase() async throws {
        try await withPlace { place in
            let (gone, kept) = (try await place.upload(), try await place.upload())
            for id in [gone, kept] { try await place.publish(id) }
            // Of attempts that were killed, pieces that were never joined, and an image that was to be the cover.
            let leftovers = ["videos/\(gone)/3/play.mp4", "chunks/\(gone)/4/1.packets", "sources/\(gone)/cover.png"]
            for key in leftovers { try await place.put(key) }
            // A number that begins like the removed one's.
            try await place.put("videos/\(gone)0/1/play.mp4")
            try await place.pool.execute(
                "INSERT INTO video_parts (video_id, part, prefix) VALUES (\(gone), '1', 'chunks/x')"
            )
            try await place.pool.execute(
                "INSERT INTO comments (video_id, author_id, text) VALUES (\(gone), \(place.author), 'Nice')"
            )
            #expect(try await place.videos.remove(gone))
            try await place.work { try await place.hasNoUpkeep() }
            #expect(
                try await place.keys() == [
                    "sources/\(kept)/source", "videos/\(gone)0/1/play.mp4", "videos/\(kept)/5/cover.jpg",
                    "videos/\(kept)/5/hls/master.m3u8", "videos/\(kept)/5/play.mp4",
                ]
            )
            for table in ["videos WHERE id", "comments WHERE video_id", "video_parts WHERE video_id"] {
                let count = SQL(verbatim: "SELECT count(*) FROM \(table) = \(gone)")
                #expect(try await place.pool.first(count, as: Int.self) == 0, "\(table)")
            }
            #expect(try await place.videos.find([kept]).count == 1)
        }
    }

    @Test(.timeLimit(.minutes(10))) func likesStayWithThoseWhoGaveThemAndAreTakenBackAsBefore() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.publish(id)
            #expect(try await Favorites(place.pool).add(id, by: place.author))
            #expect(try await place.videos.remove(id))
            try await place.work { try await place.hasNoUpkeep() }
            #expect(try await place.keys().isEmpty)
            let row = try await place.pool.first(
                "SELECT title, media_prefix IS NULL AND renditions IS NULL FROM videos WHERE id = \(id)",
                as: (String, Bool).self
            )
            #expect(row?.0 == "" && row?.1 == true)
            let counts: SQL = "SELECT favorite_count, favorited_count FROM counted_users WHERE id = \(place.author)"
            #expect(try await place.pool.first(counts, as: (Int, Int).self) ?? (0, 0) == (1, 1))
            #expect(try await Favorites(place.pool).remove(id, by: place.author))
            #expect(try await place.pool.first(counts, as: (Int, Int).self) ?? (9, 9) == (0, 0))
        }
    }

    @Test(.timeLimit(.minutes(10))) func whatIsStillBeingWrittenIsWaitedFor() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            let jobs = try await place.queue.claim(
                worker: "w",
                queue: "probe",
                kinds: [ProbeVideo.kind],
                limit: 1,
                lease: .seconds(60)
            )
            let job = try #require(jobs.first)
            #expect(try await place.videos.remove(id))
            try await place.work {
                try await place.pool.first(
                    "SELECT state = 'scheduled' FROM jobs.job WHERE kind = \(EraseVideo.kind)",
                    as: Bool.self
                ) == true
            }
            // The attempt writes to its end, and is told then.
            try await place.put("videos/\(id)/\(job.lease)/play.mp4")
            #expect(try await place.keys().count == 2)
            #expect(try await place.queue.release(job.id, lease: job.lease))
            try await place.work { try await place.hasNoUpkeep() }
            #expect(try await place.keys().isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(10))) func aWorkerThatDiesInTheMiddleLosesNothing() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.publish(id)
            #expect(try await place.videos.remove(id))
            let claimed = try await place.queue.claim(
                worker: "dies",
                queue: EraseVideo.queue,
                kinds: [EraseVideo.kind],
                limit: 1,
                lease: .milliseconds(1)
            )
            #expect(claimed.count == 1)
            try await place.store.delete([ObjectKey("videos/\(id)/5/play.mp4")])
            try await place.work { try await place.hasNoUpkeep() }
            #expect(try await place.keys().isEmpty)
            #expect(try await place.videos.source(of: id) == nil)
        }
    }

    @Test func onlyItsAuthorRemovesAVideo() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            let other = try #require(try await Users(place.pool).create(Username("grace"), passwordHash: "hash"))
            #expect(try await place.videos.remove(id, by: other) == false)
            #expect(try await place.videos.source(of: id)?.state == .processing)
            #expect(try await place.queue.list(state: .cancelled).isEmpty)
            #expect(try await place.videos.remove(id, by: place.author))
            #expect(try await place.queue.list(state: .cancelled).count == 1)
        }
    }
}
