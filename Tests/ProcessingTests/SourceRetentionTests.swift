import Database
import Domain
import Foundation
import ObjectStorage
import Postgres
import Testing

@testable import Processing

@Suite struct SourceRetentionTests {
    @Test(.timeLimit(.minutes(10))) func sourcesGoWhenTheirTimeHasComeAndMediaStay() async throws {
        try await withPlace { place in
            let (old, young, playable, failed) = (
                try await place.upload(), try await place.upload(), try await place.upload(), try await place.upload()
            )
            for id in [old, young] { try await place.publish(id) }
            try await place.publish(playable, isComplete: false)
            try await place.put("sources/\(old)/cover.png")
            try await place.videos.fail(failed, code: "damaged", reason: "Damaged.", in: place.pool)
            try await place.pool.execute(
                """
                UPDATE videos SET complete_at = complete_at - interval '8 days', updated_at = updated_at - interval '8 days'
                WHERE id <> \(young)
                """
            )
            #expect(try await place.videos.retireSources(olderThan: .seconds(7 * 86_400)) == 2)
            #expect(try await place.videos.retireSources(olderThan: .seconds(7 * 86_400)) == 0)
            try await place.work { try await place.hasNoUpkeep() }
            let sources = try await place.store.list(prefix: "sources/").map(\.key.rawValue)
            #expect(sources == ["sources/\(young)/source", "sources/\(playable)/source"])
            #expect(try await place.store.list(prefix: "videos/").count == 9)
            #expect(try await place.check.run().isClean)
        }
    }

    @Test func aSourceIsKeptToTheLastMoment() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.publish(id)
            try await place.pool.execute("UPDATE videos SET complete_at = clock_timestamp() - interval '59 min'")
            #expect(try await place.videos.retireSources(olderThan: .seconds(3600)) == 0)
            try await place.pool.execute("UPDATE videos SET complete_at = clock_timestamp() - interval '61 min'")
            #expect(try await place.videos.retireSources(olderThan: .seconds(3600)) == 1)
        }
    }
}
