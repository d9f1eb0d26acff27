import Database
import Domain
import Foundation
import Jobs
import ObjectStorage
import Postgres
import Testing

@testable import Processing

@Suite struct StorageCheckTests {
    @Test func aPlaceInOrderIsClean() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.publish(id)
            _ = try await place.upload()
            let report = try await place.check.run(comparesChecksums: true)
            #expect(report.isClean && report.objects == 5)
            #expect(report.bytes == Int64(2 * Place.source.count + 8 + 9 + 15))
        }
    }

    @Test func whatIsMissingTooMuchOrDifferentIsNamed() async throws {
        try await withPlace { place in
            let (first, second) = (try await place.upload(), try await place.upload())
            for id in [first, second] { try await place.publish(id) }
            try await place.store.delete([
                ObjectKey("videos/\(first)/5/cover.jpg"), ObjectKey("sources/\(first)/source"),
            ])
            try await place.put("videos/\(second)/5/play.mp4", Data("short".utf8))
            // As long as it was.
            try await place.put("sources/\(second)/source", Data("A source".utf8))
            for key in ["videos/999/1/play.mp4", "videos/\(first)/4/play.mp4", "profiles/7/avatar-x.png"] {
                try await place.put(key)
            }
            let report = try await place.check.run()
            #expect(report.missing == ["sources/\(first)/source", "videos/\(first)/5/cover.jpg"])
            #expect(report.differing.map(\.key) == ["videos/\(second)/5/play.mp4"])
            #expect(report.differing.first?.reason == "8 bytes were stored, and 5 are there")
            let orphans = Set(["videos/999/1/play.mp4", "videos/\(first)/4/play.mp4", "profiles/7/avatar-x.png"])
            #expect(Set(report.orphaned.map(\.key)) == orphans && !report.isClean)
            let thorough = try await place.check.run(comparesChecksums: true)
            #expect(thorough.differing.map(\.key) == ["sources/\(second)/source", "videos/\(second)/5/play.mp4"])
        }
    }

    @Test func onlyOrphansThatAreOldEnoughAreDeleted() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            for key in ["videos/999/1/old.mp4", "videos/999/1/new.mp4"] { try await place.put(key) }
            try place.age("videos/999/1/old.mp4", hours: 24.1)
            try place.age("videos/999/1/new.mp4", hours: 23.9)
            let report = try await place.check.run(repairingBefore: Date().addingTimeInterval(-86_400))
            #expect(report.orphaned.map(\.isDeleted) == [false, true] && !report.isClean)
            #expect(try await place.keys() == ["sources/\(id)/source", "videos/999/1/new.mp4"])
            try place.age("videos/999/1/new.mp4", hours: 24.1)
            #expect(try await place.check.run(repairingBefore: Date().addingTimeInterval(-86_400)).isClean)
            #expect(try await place.check.run().isClean)
        }
    }

    @Test func whatIsBeingWrittenAndWhatWaitsForAJobIsNoOrphan() async throws {
        try await withPlace { place in
            let (id, removed) = (try await place.upload(), try await place.upload())
            let jobs = try await place.queue.claim(
                worker: "w",
                queue: "probe",
                kinds: [ProbeVideo.kind],
                limit: 1,
                lease: .seconds(60)
            )
            let job = try #require(jobs.first)
            let owner = String(job.arguments.filter(\.isNumber))
            for key in ["videos/\(owner)/\(job.lease)/play.mp4", "chunks/\(owner)/\(job.lease)/1", "chunks/\(id)/77/1"]
            {
                try await place.put(key)
            }
            try await place.pool.execute(
                "INSERT INTO video_parts (video_id, part, prefix) VALUES (\(id), '1', \("chunks/\(id)/77"))"
            )
            try await place.put("videos/\(id)/66/play.mp4")
            try await place.pool.withTransaction {
                try await place.videos.retire("videos/\(id)/66", of: place.author, after: .seconds(600), in: $0)
            }
            _ = try await place.videos.remove(removed)
            #expect(try await place.check.run().isClean)
        }
    }

    @Test func mediaWhoseFilesNobodyNotedAreCheckedForWhatEveryVideoHas() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.publish(id)
            try await place.pool.execute("UPDATE videos SET media_files = NULL")
            try await place.put("videos/\(id)/5/hls/720/init.mp4")
            #expect(try await place.check.run().isClean)
            try await place.store.delete([ObjectKey("videos/\(id)/5/play.mp4")])
            #expect(try await place.check.run().missing == ["videos/\(id)/5/play.mp4"])
        }
    }

    /// An upload that is known by the name of `ab12`; returns the video that it becomes.
    private func beginUpload(in place: Place) async throws -> VideoID {
        let id = try await place.videos.reserveID()
        try await place.pool.execute(
            """
            INSERT INTO uploads (id, author_id, kind, video_id, metadata, expires_at)
            VALUES ('ab12', \(place.author), 'whole', \(id), '{}', clock_timestamp() + interval '1 day')
            """
        )
        return id
    }

    @Test func uploadsThatGoOnAreNoOrphansAndThoseNobodyKnowsAre() async throws {
        try await withPlace { place in
            let id = try await beginUpload(in: place)
            for key in ["uploads/ab12/tails/1", "sources/\(id)/cover.png", "uploads/cd34/tails/1"] {
                try await place.put(key)
            }
            #expect(try await place.check.run().orphaned.map(\.key) == ["uploads/cd34/tails/1"])
            try await place.pool.execute("DELETE FROM uploads")
            #expect(try await place.check.run().orphaned.count == 3)
        }
    }

    @Test func uploadsInPartsThatNobodyGoesOnWithAreAborted() async throws {
        try await withPlace { place in
            let id = try await beginUpload(in: place)
            let abandoned = "sources/9999/source"
            for key in ["sources/\(id)/source", abandoned] { _ = try await place.store.beginMultipart(ObjectKey(key)) }
            let young = try await place.check.run(repairingBefore: Date().addingTimeInterval(-60))
            #expect(
                young.abandoned.map(\.key) == [abandoned] && young.abandoned.first?.isAborted == false && !young.isClean
            )
            let old = try await place.check.run(repairingBefore: Date().addingTimeInterval(60))
            #expect(old.abandoned.map(\.isAborted) == [true] && old.isClean)
            #expect(try await place.store.multiparts(prefix: "").map(\.key.rawValue) == ["sources/\(id)/source"])
        }
    }
}
