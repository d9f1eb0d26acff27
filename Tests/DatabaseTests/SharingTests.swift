import Database
import Domain
import Jobs
import Postgres
import TestSupport
import Testing

/// The same bytes once more.
@Suite struct SharingTests {
    /// What comes of an upload with these choices.
    private func finish(
        _ pool: PostgresPool,
        _ author: UserID,
        _ title: String,
        repeatWindow: Duration = .seconds(600),
        _ change: (inout NewVideo) -> Void = { _ in }
    ) async throws -> (VideoID, Uploads.Finish) {
        let uploads = Uploads(pool, repeatWindow: repeatWindow)
        let id = try await Videos(pool: pool).reserveID()
        let new = NewUpload(id: "u\(id)", authorID: author, kind: .whole, videoID: id, lengthBytes: 7)
        try await uploads.create(new, quota: UploadQuota())
        let claimed = try #require(try await uploads.claim("u\(id)", isWriting: true))
        _ = try await uploads.acknowledge("u\(id)", writer: claimed.writer, offset: 7, head: nil, placement: nil)
        var video = NewVideo.sample(id, by: author, title: title)
        change(&video)
        return (id, try await uploads.finish(claimed, as: video, findsDuplicates: true))
    }

    @Test func onlyTheSameRequestIsTheSameVideo() async throws {
        try await withTestDatabase { pool in
            let (ada, eve) = (try await pool.makeUser("ada"), try await pool.makeUser("eve"))
            let (first, outcome) = try await finish(pool, ada, "First")
            #expect(outcome == .recorded)
            #expect(try await finish(pool, ada, "First").1 == .duplicate(of: first))
            #expect(try await finish(pool, ada, "Second").1 == .shared)
            #expect(try await finish(pool, eve, "First").1 == .recorded)
            #expect(try await finish(pool, ada, "First", repeatWindow: .zero).1 == .shared)
            try await pool.execute("UPDATE videos SET created_at = created_at - interval '11 minutes'")
            #expect(try await finish(pool, ada, "First").1 == .shared)
            #expect(try await Videos(pool: pool).list(author: ada, viewer: ada, limit: 10).count == 4)
        }
    }

    @Test func whatIsCompleteIsPlayableAtOnceInAnotherVideo() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let (first, _) = try await finish(pool, ada, "First")
            try await pool.publish(first, lease: 3)
            let jobs = try await JobQueue(pool: pool).list(state: nil, limit: 100).count
            var second = first
            #expect(
                try await pool.announcements { (second, _) = try await finish(pool, ada, "Second") }
                    == ["videos_changed \(second)"]
            )
            #expect(try await JobQueue(pool: pool).list(state: nil, limit: 100).count == jobs)
            let feed = try await videos.newest(before: .max, limit: 10)
            #expect(feed.map(\.title) == ["Second", "First"])
            #expect(Set(feed.map(\.mediaPrefix)) == ["videos/\(first)/3"])
            #expect(try await videos.status(of: second, viewer: nil)?.completeMilliseconds != nil)
            #expect(try await pool.works(ada) == [2, 2])
        }
    }

    /// Media are asked for by the number of the first video, which need not be there any more.
    @Test func mediaAreEverybodysWhileAVideoThatShowsThemIs() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let (first, _) = try await finish(pool, ada, "First")
            func access() async throws -> [Bool] {
                [try await videos.hasPublicMedia(first), try await videos.hasPrivateMedia(first)]
            }
            #expect(try await access() == [false, false])
            try await pool.publish(first)
            let (second, _) = try await finish(pool, ada, "Second")
            #expect(try await videos.remove(first))
            #expect(try await access() == [true, true])
            #expect(try await !videos.hasPublicMedia(second), "there are none by this number")
            try await pool.execute("UPDATE videos SET visibility = 'held' WHERE id = \(second)")
            #expect(try await access() == [false, true])
            #expect(try await videos.hide(second))
            #expect(try await access() == [false, false])
            #expect(try await videos.show(second))
            #expect(try await access() == [true, true])
            #expect(try await videos.remove(second))
            #expect(try await access() == [false, false])
        }
    }

    @Test func otherChoicesAreMadeAnew() async throws {
        try await withTestDatabase { pool in
            let ada = try await pool.makeUser()
            let (first, _) = try await finish(pool, ada, "First")
            try await pool.publish(first)
            let choices: [(String, (inout NewVideo) -> Void)] = [
                ("pipeline", { $0.pipeline = "archive" }), ("time", { $0.cover = .at(seconds: 2) }),
                ("image", { $0.cover = .image(key: "sources/1/cover.png") }),
                ("image again", { $0.cover = .image(key: "sources/2/cover.png") }),
                ("bytes", { $0.sourceSHA256 = [UInt8](repeating: 2, count: 32) }), ("length", { $0.sourceBytes = 8 }),
            ]
            for (title, change) in choices { #expect(try await finish(pool, ada, title, change).1 == .recorded) }
            #expect(try await finish(pool, ada, "both", { $0.pipeline = "archive" }).1 == .shared)
        }
    }

    @Test func whatIsInTheMakingIsWaitedForTogether() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let (first, _) = try await finish(pool, ada, "First")
            let (second, outcome) = try await finish(pool, ada, "Second")
            #expect(outcome == .shared)
            #expect(try await JobQueue(pool: pool).list(state: nil, limit: 100).count == 1)
            try await pool.publish(first, lease: 1, isComplete: false)
            #expect(try await videos.newest(before: .max, limit: 10).map(\.title) == ["Second", "First"])
            try await pool.publish(first, lease: 2)
            #expect(try await videos.status(of: second, viewer: nil)?.mediaPrefix == "videos/\(first)/2")
            // What both showed before is retired once.
            let retired: SQL = "SELECT count(*) FROM jobs.job WHERE kind = 'retire_media'"
            #expect(try await pool.first(retired, as: Int.self) == 1)
        }
    }

    @Test func aRefusalIsSaidOfAllAndSharedByNone() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let (first, _) = try await finish(pool, ada, "First")
            let (second, _) = try await finish(pool, ada, "Second")
            try await videos.fail(first, code: "damaged", reason: "It is damaged.", in: pool)
            for id in [first, second] {
                #expect(try await videos.status(of: id, viewer: ada)?.failure?.code == "damaged")
            }
            #expect(try await finish(pool, ada, "First").1 == .recorded)
        }
    }

    @Test func workEndsWithTheLastThatWaitsForIt() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let (first, _) = try await finish(pool, ada, "First")
            let (second, _) = try await finish(pool, ada, "Second")
            #expect(try await videos.remove(first))
            #expect(try await videos.erasure(of: first)?.isLast == false)
            #expect(try await JobQueue(pool: pool).list(state: .cancelled).isEmpty)
            #expect(try await finish(pool, ada, "Third").1 == .shared)
            #expect(try await videos.publish(first, prefix: "videos/\(first)/1", package: .sample, in: pool))
            #expect(try await videos.remove(second))
            let third = try #require(try await videos.newest(before: .max, limit: 10).first)
            #expect(third.title == "Third")
            #expect(try await videos.remove(third.id))
            #expect(try await videos.erasure(of: third.id)?.isLast == true)
            #expect(try await JobQueue(pool: pool).list(state: .cancelled).count == 1)
            // What has ended is shared by nobody any more.
            #expect(try await finish(pool, ada, "Fourth").1 == .recorded)
            #expect(try await !videos.publish(first, prefix: "videos/\(first)/2", package: .sample, in: pool))
        }
    }

    @Test func anAnnouncedChecksumThatIsKnownFinishesTheUpload() async throws {
        try await withTestDatabase { pool in
            let uploads = Uploads(pool)
            let ada = try await pool.makeUser()
            func announce(_ title: String, _ change: (inout NewUpload) -> Void = { _ in }) async throws -> UploadRecord?
            {
                let id = try await Videos(pool: pool).reserveID()
                var new = NewUpload(id: "a\(id)", authorID: ada, kind: .whole, videoID: id, lengthBytes: 7)
                new.announcedSHA256 = [UInt8](repeating: 1, count: 32)
                new.metadata.title = title
                change(&new)
                return try await uploads.finishKnown(uploads.create(new, quota: UploadQuota()))
            }
            #expect(try await announce("First") == nil)
            let (first, _) = try await finish(pool, ada, "First")
            let known = try #require(try await announce("Second"))
            #expect(known.state == .finished && known.wasKnown && known.offsetBytes == 7 && !known.isDuplicate)
            #expect(known.videoID != first)
            let again = try #require(try await announce("First"))
            #expect(again.isDuplicate && again.videoID == first)
            #expect(try await announce("Third") { $0.metadata.awaitsCover = true } == nil)
            #expect(try await announce("Third") { $0.lengthBytes = 8 } == nil)
            #expect(try await announce("Third") { $0.announcedSHA256 = nil } == nil)
        }
    }
}

extension MediaPackage {
    fileprivate static let sample = MediaPackage(
        width: 360,
        height: 640,
        durationSeconds: 3,
        renditions: [],
        files: []
    )
}
