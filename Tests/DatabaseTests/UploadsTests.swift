import Database
import Domain
import Postgres
import TestSupport
import Testing

@Suite struct UploadsTests {
    private func upload(
        _ id: String,
        by author: UserID,
        length: Int64? = 1000,
        kind: UploadKind = .whole
    ) -> NewUpload {
        NewUpload(id: id, authorID: author, kind: kind, videoID: nil, lengthBytes: length)
    }

    @Test func aNewerWriterTakesOverAndTheOlderCanAcknowledgeNothing() async throws {
        try await withTestDatabase { pool in
            let uploads = Uploads(pool)
            try await uploads.create(upload("a", by: try await pool.makeUser()), quota: UploadQuota())
            let older = try #require(try await uploads.claim("a", isWriting: true))
            #expect(try await uploads.acknowledge("a", writer: older.writer, offset: 100, head: [1], placement: "x"))
            let newer = try #require(try await uploads.claim("a", isWriting: true))
            #expect(newer.offsetBytes == 100 && newer.head == [1] && newer.placement == "x")
            #expect(newer.takeovers == 1 && older.takeovers == 0)
            #expect(try await !uploads.acknowledge("a", writer: older.writer, offset: 200, head: nil, placement: nil))
            #expect(try await !uploads.release("a", writer: older.writer, isReceived: false))
            #expect(try await !uploads.declare(1000, of: older, quota: UploadQuota()))
            #expect(try await uploads.find("a")?.offsetBytes == 100)
            #expect(try await uploads.acknowledge("a", writer: newer.writer, offset: 1000, head: nil, placement: nil))
            #expect(try await uploads.release("a", writer: newer.writer, isReceived: true))
            #expect(try await uploads.claim("a", isWriting: false) == nil)
            let next = try #require(try await uploads.claimToFinish("a", counting: true))
            #expect(next.state == .received && next.takeovers == 1)
        }
    }

    @Test func anUploadEndsOnceAndKnowsWhy() async throws {
        try await withTestDatabase { pool in
            let uploads = Uploads(pool)
            let ada = try await pool.makeUser()
            try await uploads.create(upload("a", by: ada), quota: UploadQuota())
            let writer = try #require(try await uploads.claim("a", isWriting: true))
            let (code, reason) = ("not_a_video", "It is a script.")
            #expect(try await !uploads.refuse("a", writer: writer.writer - 1, code: code, reason: reason))
            #expect(try await uploads.refuse("a", writer: writer.writer, code: code, reason: reason))
            #expect(try await uploads.find("a")?.failure?.reason == "It is a script.")
            #expect(try await uploads.claim("a", isWriting: true) == nil)
            #expect(try await uploads.cancel("a") == nil)
            try await uploads.create(upload("b", by: ada), quota: UploadQuota())
            #expect(try await uploads.cancel("b")?.state == .cancelled)
            #expect(try await uploads.find("b")?.state == .cancelled)
        }
    }

    /// Each limit at its edge, and when to come again.
    @Test func quotasSayWhichAndWhen() async throws {
        try await withTestDatabase { pool in
            let uploads = Uploads(pool)
            let ada = try await pool.makeUser()
            func excess(_ new: NewUpload, _ quota: UploadQuota) async -> UploadQuota.Excess? {
                await #expect(throws: UploadQuota.Excess.self) { try await uploads.create(new, quota: quota) }
            }
            let bytes = UploadQuota(bytesPerDay: 2500)
            try await uploads.create(upload("a", by: ada, length: 1500), quota: bytes)
            try await uploads.create(upload("b", by: ada, length: 1000), quota: bytes)
            let full = await excess(upload("c", by: ada, length: 1), bytes)
            #expect(full?.limit == .bytesPerDay(limit: 2500, left: 0))
            #expect((86_300...86_400).contains(full?.retryAfterSeconds ?? 0))
            // Once the first is a day old.
            try await pool.execute("UPDATE uploads SET created_at = created_at - interval '23 hours' WHERE id = 'a'")
            let soon = await excess(upload("c", by: ada, length: 1500), bytes)
            #expect((3500...3600).contains(soon?.retryAfterSeconds ?? 0))
            #expect(await excess(upload("c", by: ada, length: 1501), bytes)?.retryAfterSeconds ?? 0 > 80_000)
            #expect(await excess(upload("c", by: ada, length: .max), bytes)?.retryAfterSeconds == 86_400)
            // What was cancelled counts with what had come.
            let cancelled = try #require(try await uploads.cancel("b"))
            #expect(await excess(upload("c", by: ada, length: 1000), bytes) != nil)
            try await uploads.recordRemoval(of: cancelled)
            try await uploads.create(upload("c", by: ada, length: 1000), quota: bytes)
            #expect(await excess(upload("d", by: ada, length: 1), bytes)?.limit != nil)
            let atOnce = UploadQuota(atOnce: 3)
            try await uploads.create(upload("e", by: ada), quota: atOnce)
            let many = await excess(upload("f", by: ada), atOnce)
            #expect(many?.limit == .atOnce(limit: 3) && many?.retryAfterSeconds == 60)
            let eve = try await pool.makeUser("eve")
            try await uploads.create(upload("g", by: eve), quota: UploadQuota(bytesPerDay: 2500, atOnce: 1))
        }
    }

    @Test func videosOfTheLastHourCount() async throws {
        try await withTestDatabase { pool in
            let uploads = Uploads(pool)
            let ada = try await pool.makeUser()
            let quota = UploadQuota(videosPerHour: 2)
            for id in ["a", "b"] { try await uploads.create(upload(id, by: ada), quota: quota) }
            for id in ["p", "q"] { try await uploads.create(upload(id, by: ada, kind: .partial), quota: quota) }
            let waiting = await #expect(throws: UploadQuota.Excess.self) {
                try await uploads.create(upload("c", by: ada), quota: quota)
            }
            #expect(waiting?.limit == .videosPerHour(limit: 2))
            try await pool.execute(
                """
                UPDATE uploads SET state = 'finished', offset_bytes = length_bytes,
                       changed_at = clock_timestamp() - CASE id WHEN 'a' THEN interval '50 minutes' ELSE interval '0' END
                WHERE id IN ('a', 'b')
                """
            )
            let later = await #expect(throws: UploadQuota.Excess.self) {
                try await uploads.create(upload("c", by: ada), quota: quota)
            }
            #expect((590...600).contains(later?.retryAfterSeconds ?? 0))
            try await pool.execute("UPDATE uploads SET changed_at = changed_at - interval '11 minutes' WHERE id = 'a'")
            try await uploads.create(upload("c", by: ada), quota: quota)
        }
    }

    @Test func whatIsOverIsRemovedOnceAndForgottenLater() async throws {
        try await withTestDatabase { pool in
            let uploads = Uploads(pool, lifetime: .seconds(60))
            let ada = try await pool.makeUser()
            for id in ["a", "b"] { try await uploads.create(upload(id, by: ada), quota: UploadQuota()) }
            #expect(try await uploads.expire().isEmpty)
            try await pool.execute("UPDATE uploads SET expires_at = clock_timestamp() - interval '1 s' WHERE id = 'a'")
            #expect(try await uploads.expire().map(\.id) == ["a"])
            #expect(try await uploads.expire().isEmpty)
            #expect(try await uploads.find("a")?.state == .expired)
            #expect(try await uploads.forget() == 0)
            try await pool.execute("UPDATE uploads SET expires_at = clock_timestamp() - interval '1 s' WHERE id = 'a'")
            #expect(try await uploads.forget() == 1)
            #expect(try await uploads.underWay(among: ["a", "b", "c"]) == ["b"])
        }
    }
}
