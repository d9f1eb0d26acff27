import Database
import Domain
import Jobs
import Postgres
import TestSupport
import Testing

@Suite struct VideoOperatorsTests {
    @Test func hidingAndShowingMovesTheCountAndIsAnnounced() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let id = try await pool.makePublicVideo(by: ada)
            let time = try await videos.find([id]).first?.publishedMilliseconds
            let heard = try await pool.announcements { () async throws in
                #expect(try await videos.hide(id))
                #expect(try await pool.works(ada) == [1, 0])
                #expect(try await videos.hide(id))
                #expect(try await pool.works(ada) == [1, 0])
                #expect(try await videos.show(id))
                #expect(try await pool.works(ada) == [1, 1])
                #expect(try await videos.show(id))
                #expect(try await pool.works(ada) == [1, 1])
            }
            #expect(heard == Array(repeating: "videos_changed \(id)", count: 4))
            #expect(try await videos.find([id]).first?.publishedMilliseconds == time)
        }
    }

    @Test func removingIsForGood() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let id = try await pool.makePublicVideo(by: ada)
            #expect(try await Favorites(pool).add(id, by: ada))
            let heard = try await pool.announcements { () async throws in
                #expect(try await videos.remove(id))
                #expect(try await videos.remove(id) == false)
                #expect(try await videos.show(id) == false)
                #expect(try await videos.hide(id) == false)
            }
            #expect(heard == ["videos_changed \(id)"])
            #expect(try await pool.works(ada) == [0, 0])
            #expect(try await pool.publish(id) == false)
            #expect(try await Favorites(pool).add(id, by: ada) == false)
            #expect(try await Favorites(pool).remove(id, by: ada))
        }
    }

    @Test func removingEndsTheWorkOnAVideoAndForgetsItsFailure() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let (processing, failed) = (try await pool.makeVideo(by: ada), try await pool.makeVideo(by: ada))
            try await videos.fail(failed, code: "damaged", reason: "Damaged.", in: pool)
            #expect(try await videos.remove(processing))
            #expect(try await videos.remove(failed))
            #expect(try await JobQueue(pool: pool).list(state: .cancelled, limit: 10).count == 2)
            #expect(try await videos.source(of: processing)?.state == .removed)
            #expect(try await videos.source(of: failed)?.state == .removed)
            #expect(try await pool.works(ada) == [0, 0])
        }
    }

    @Test func nothingHappensToAnUnknownVideo() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let unknown = VideoID(rawValue: 999)
            let heard = try await pool.announcements { () async throws in
                #expect(try await videos.hide(unknown) == false)
                #expect(try await videos.show(unknown) == false)
                #expect(try await videos.remove(unknown) == false)
            }
            #expect(heard == [])
        }
    }

    @Test func aVideoHiddenWhileItIsProcessedStaysHidden() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let id = try await pool.makeVideo(by: ada)
            #expect(try await videos.hide(id))
            #expect(try await pool.publish(id))
            #expect(try await pool.works(ada) == [1, 0])
            #expect(try await videos.newest(before: .max, limit: 10).isEmpty)
            #expect(try await videos.show(id))
            #expect(try await videos.newest(before: .max, limit: 10).map(\.id) == [id])
        }
    }

    @Test func theVideoOfACancelledFlowFailsAndIsTakenUpAgain() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let ada = try await pool.makeUser()
            let (id, other) = (try await pool.makeVideo(by: ada), try await pool.makeVideo(by: ada))
            let flow = FlowID(
                rawValue: try #require(
                    try await pool.first("SELECT flow_id FROM videos WHERE id = \(id)", as: Int64.self)
                )
            )
            try await videos.failVideo(of: flow, code: "cancelled", reason: "An operator cancelled it.", in: pool)
            let failed = try await videos.list(author: ada, viewer: ada, limit: 10)
            #expect(failed.map(\.state) == [.processing, .failed])
            #expect(failed.map(\.failureReason) == [nil, "An operator cancelled it."])
            #expect(try await videos.reopenVideo(of: flow, in: pool))
            #expect(try await videos.source(of: id)?.state == .processing)
            #expect(try await videos.source(of: other)?.state == .processing)
        }
    }

    @Test func aVideoWhoseSourceIsGoneIsNotTakenUpAgain() async throws {
        try await withTestDatabase { pool in
            let videos = Videos(pool: pool)
            let id = try await pool.makeVideo(by: pool.makeUser())
            let flow = FlowID(
                rawValue: try #require(
                    try await pool.first("SELECT flow_id FROM videos WHERE id = \(id)", as: Int64.self)
                )
            )
            try await videos.failVideo(of: flow, code: "cancelled", reason: "An operator cancelled it.", in: pool)
            #expect(try await videos.retireSources(olderThan: .zero) == 1)
            #expect(try await videos.reopenVideo(of: flow, in: pool) == false)
            #expect(try await videos.source(of: id)?.state == .failed)
        }
    }
}
