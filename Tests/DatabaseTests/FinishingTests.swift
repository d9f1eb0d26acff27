import Database
import Domain
import Foundation
import Postgres
import TestSupport
import Testing

/// The lease for finishing an upload, and the room that is reserved before bytes are taken.
@Suite struct FinishingTests {
    private func receive(_ id: String, by author: UserID, in pool: PostgresPool) async throws {
        let uploads = Uploads(pool)
        let new = NewUpload(id: id, authorID: author, kind: .whole, videoID: nil, lengthBytes: 5)
        try await uploads.create(new, quota: UploadQuota())
        let claimed = try #require(try await uploads.claim(id, isWriting: true))
        _ = try await uploads.acknowledge(id, writer: claimed.writer, offset: 5, head: nil, placement: nil)
        #expect(try await uploads.release(id, writer: claimed.writer, isReceived: true))
    }

    @Test func oneProcessFinishesAnUploadUntilItsLeaseRunsOut() async throws {
        try await withTestDatabase { pool in
            let uploads = Uploads(pool)
            try await receive("a", by: try await pool.makeUser(), in: pool)
            #expect(try await uploads.leftBehind(for: .zero) == ["a"])
            let first = try #require(try await uploads.claimToFinish("a", counting: true))
            #expect(try await uploads.claimToFinish("a", counting: true) == nil)
            #expect(try await uploads.claim("a", isWriting: false) == nil)
            #expect(try await uploads.leftBehind(for: .zero).isEmpty)
            try await pool.execute("UPDATE uploads SET finishing_until = clock_timestamp() - interval '1 s'")
            #expect(try await uploads.renewFinishing(first))
            #expect(try await uploads.claimToFinish("a", counting: true) == nil)
            try await pool.execute("UPDATE uploads SET finishing_until = clock_timestamp() - interval '1 s'")
            let second = try #require(try await uploads.claimToFinish("a", counting: true))
            #expect(try await !uploads.renewFinishing(first))
            #expect(try await uploads.postpone(first, because: "broken", isOutage: false) == nil)
            #expect(try await uploads.postpone(second, because: "broken", isOutage: false) == false)
            // A client need not wait, maintenance does.
            #expect(try await uploads.leftBehind(for: .zero).isEmpty)
            #expect(try await uploads.claimToFinish("a", counting: false) != nil)
        }
    }

    @Test func uploadsThatFailDoNotHoldUpOthers() async throws {
        try await withTestDatabase { pool in
            let (uploads, ada) = (Uploads(pool), try await pool.makeUser())
            for id in ["a", "b", "c"] { try await receive(id, by: ada, in: pool) }
            for id in try await uploads.leftBehind(for: .zero, limit: 2) {
                let upload = try #require(try await uploads.claimToFinish(id, counting: true))
                _ = try await uploads.postpone(upload, because: "broken", isOutage: false)
            }
            #expect(try await uploads.leftBehind(for: .zero, limit: 2) == ["c"])
            try await pool.execute(
                "UPDATE uploads SET finish_after = clock_timestamp() - interval '1 s' WHERE id = 'a'"
            )
            #expect(try await uploads.leftBehind(for: .zero, limit: 2) == ["c", "a"])
        }
    }

    /// Uploads of unknown length beside each other, in any order, never get room for more than the quota.
    @Test func noInterleavingReservesMoreThanTheQuota() async throws {
        try await withTestDatabase { pool in
            let (uploads, ada) = (Uploads(pool), try await pool.makeUser())
            let quota = UploadQuota(bytesPerDay: 100 << 20)
            var records: [UploadRecord] = []
            for number in 0..<6 {
                let id = "u\(number)"
                let new = NewUpload(id: id, authorID: ada, kind: .whole, videoID: nil, lengthBytes: nil)
                try await uploads.create(new, quota: quota)
                records.append(try #require(try await uploads.claim(id, isWriting: true)))
            }
            try await withThrowingTaskGroup { group in
                for record in records {
                    group.addTask {
                        var position: Int64 = 0
                        while position < 60 << 20 {
                            position += Int64.random(in: 1...(5 << 20))
                            do {
                                let end = try await uploads.reserve(upTo: position, of: record, quota: quota)
                                #expect(try #require(end) >= position)
                            } catch is UploadQuota.Excess { return }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let reserved = try await pool.first("SELECT sum(reserved_bytes)::bigint FROM uploads", as: Int64.self) ?? 0
            #expect(reserved <= 100 << 20)
            #expect(reserved > 95 << 20)
        }
    }

    /// Fails once more, as maintenance; returns whether that was enough.
    private func fail(_ id: String, _ uploads: Uploads, _ reason: String, isOutage: Bool = false) async throws -> Bool?
    {
        let upload = try #require(try await uploads.claimToFinish(id, counting: true))
        return try await uploads.postpone(upload, because: reason, isOutage: isOutage)
    }

    /// Every byte is here: after 20 failures they wait for an operator, for the time that is configured.
    @Test func anUploadThatAlwaysFailsIsKeptForAnOperator() async throws {
        try await withTestDatabase { pool in
            let uploads = Uploads(pool, lifetime: .seconds(1), unfinishedLifetime: .seconds(3600))
            let ada = try await pool.makeUser()
            try await receive("a", by: ada, in: pool)
            for _ in 1..<Uploads.maxFinishAttempts { #expect(try await fail("a", uploads, "broken") == false) }
            // While it is tried, nothing that was received expires.
            try await pool.execute("UPDATE uploads SET expires_at = clock_timestamp() - interval '1 day'")
            #expect(try await uploads.expire().isEmpty)
            #expect(try await fail("a", uploads, "away", isOutage: true) == false)
            #expect(try await uploads.stuck().isEmpty)
            #expect(try await fail("a", uploads, "broken for good") == true)
            let stuck = try #require(try await uploads.stuck().first)
            #expect(stuck.id == "a" && stuck.authorID == ada && stuck.sizeBytes == 5)
            #expect(stuck.reason == "broken for good")
            #expect((3500...3600).contains(stuck.keptUntil.timeIntervalSinceNow))
            try await pool.execute("UPDATE uploads SET finish_after = '-infinity', changed_at = '-infinity'")
            #expect(try await uploads.leftBehind(for: .zero).isEmpty)
            #expect(try await uploads.expire().isEmpty)
            // It takes no place of its creator's uploads under way.
            try await uploads.create(
                NewUpload(id: "b", authorID: ada, kind: .whole, videoID: nil, lengthBytes: 5),
                quota: UploadQuota(videosPerHour: 1, atOnce: 1)
            )
            #expect(try await uploads.retry("a"))
            #expect(try await !uploads.retry("a"))
            #expect(try await uploads.leftBehind(for: .zero) == ["a"])
            #expect(try await fail("a", uploads, "broken") == false)
            try await pool.execute("UPDATE uploads SET finish_attempts = 19 WHERE id = 'a'")
            #expect(try await fail("a", uploads, "broken") == true)
            try await pool.execute("UPDATE uploads SET expires_at = clock_timestamp() - interval '1 s' WHERE id = 'a'")
            let client = try #require(try await uploads.claimToFinish("a", counting: false))
            #expect(try await uploads.expire().isEmpty)
            _ = try await uploads.postpone(client, because: "broken", isOutage: false)
            #expect(try await uploads.expire().map(\.id) == ["a"])
        }
    }

    /// A copy of its parts counts like they do, and for nothing once it has failed.
    @Test func whatIsStoredOfAFinalUploadCounts() async throws {
        try await withTestDatabase { pool in
            let (uploads, ada) = (Uploads(pool), try await pool.makeUser())
            let quota = UploadQuota(bytesPerDay: 1000)
            func final(_ id: String, _ length: Int64) -> NewUpload {
                NewUpload(id: id, authorID: ada, kind: .final, videoID: nil, lengthBytes: length)
            }
            try await uploads.create(final("a", 600), quota: quota)
            await #expect(throws: UploadQuota.Excess.self) { try await uploads.create(final("b", 600), quota: quota) }
            let cancelled = try #require(try await uploads.cancel("a"))
            // Its bytes are still there.
            await #expect(throws: UploadQuota.Excess.self) { try await uploads.create(final("b", 600), quota: quota) }
            try await uploads.recordRemoval(of: cancelled)
            #expect(try await uploads.find("a") == nil)
            try await uploads.create(final("b", 600), quota: quota)
        }
    }
}
