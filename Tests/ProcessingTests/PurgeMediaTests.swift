import Database
import Domain
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Processing

/// Caches before the gateway are told what nobody may see any more.
@Suite struct PurgeMediaTests {
    private func message(_ request: AnsweringServer.Request) throws -> PurgeHook.Message {
        try JSONDecoder().decode(PurgeHook.Message.self, from: request.body)
    }

    @Test(.timeLimit(.minutes(10))) func aRemovedAndAHiddenVideoArePurgedUntilTheHookTakesIt() async throws {
        let count = Mutex(0)
        let server = try AnsweringServer { _ in
            // Away, then out of order, then well.
            switch count.withLock({
                $0 += 1; return $0
            }) {
            case 1: nil
            case 2: AnsweringServer.answer(503)
            default: AnsweringServer.answer(204)
            }
        }
        defer { server.close() }
        let hook = PurgeHook(url: "\(server.url)/purge?key=secret", publicURL: "https://clips.test/")
        try await withPlace { place in
            let (gone, hidden, kept) = (
                try await place.upload(), try await place.upload(), try await place.upload()
            )
            for id in [gone, hidden, kept] { try await place.publish(id) }
            #expect(try await place.videos.remove(gone))
            #expect(try await place.videos.hide(hidden))
            try await place.work(purging: hook) { try await place.hasNoUpkeep() }
            let errors: SQL = "SELECT coalesce(string_agg(errors::text, ' '), '') FROM jobs.job"
            let said = try #require(try await place.pool.first(errors, as: String.self))
            #expect(said.contains("CLIPYARD_PURGE_URL answered 503") && !said.contains("secret"), "\(said)")
            let messages = try server.requests.map(message)
            for id in [gone, hidden] {
                let expected = PurgeHook.Message(
                    videoID: "\(id)",
                    prefixes: ["/media/videos/\(id)/", "/v/\(id)/"],
                    urls: ["https://clips.test/media/videos/\(id)/", "https://clips.test/v/\(id)/"]
                )
                #expect(messages.contains(expected), "\(messages)")
            }
            #expect(!messages.contains { $0.videoID == "\(kept)" })
            #expect(server.requests.allSatisfy { $0.method == "POST" && $0.target == "/purge?key=secret" })
        }
    }

    @Test func mediaThatLieElsewhereArePurgedThereToo() {
        #expect(PurgeMedia(videoID: VideoID(rawValue: 7), mediaPrefix: "videos/7/3").folders == ["videos/7/"])
        #expect(PurgeMedia(videoID: VideoID(rawValue: 7), mediaPrefix: nil).folders == ["videos/7/"])
        #expect(
            PurgeMedia(videoID: VideoID(rawValue: 7), mediaPrefix: "videos/70/3").folders == [
                "videos/7/", "videos/70/3/",
            ]
        )
    }

    @Test(.timeLimit(.minutes(10))) func withoutAHookThereIsNothingToTell() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.publish(id)
            #expect(try await place.videos.hide(id))
            try await place.work { try await place.hasNoUpkeep() }
            let state: SQL = "SELECT state::text FROM jobs.job WHERE kind = 'purge_media'"
            #expect(try await place.pool.first(state, as: String.self) == "completed")
        }
    }
}
