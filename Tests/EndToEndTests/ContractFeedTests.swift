import Foundation
import Testing

extension ContractTests {
    @Suite struct Feed {
        /// Videos behind those of the stage, in the database only: the feed does not look at files.
        private static let copies = 65

        @Test func pagingFindsEveryVideoOnce() async throws {
            let stage = try ContractStage.here
            try addCopies(to: stage)
            let api = stage.api
            _ = try await eventually(within: 5, "the feed holds the copies") { try copiesInFeed(api) }
            var (ids, times, latest): ([Int64], [Int64], Int64) = ([], [], 0)
            while true {
                let page = try api.feed(latestTime: latest)
                let videos = page["video_list"].items.compactMap { $0["id"].int }
                latest = try #require(page["next_time"].int)
                guard !videos.isEmpty else { break }
                #expect(videos.count <= 30)
                ids += videos
                times.append(latest)
            }
            #expect(Set(ids).count == ids.count, "a video is there twice")
            #expect(times == times.sorted(by: >) && times.count >= 3)
            let all = try stage.clipyard.sql("SELECT id FROM videos WHERE is_public ORDER BY published_ms DESC")
            #expect(ids == all.split(separator: "\n").compactMap { Int64($0) })
            // The end stays the end.
            #expect(latest > 0)
            #expect(try api.feed(latestTime: latest)["video_list"] == .array([]))
        }

        /// Each published in the millisecond before the one before.
        private func addCopies(to stage: ContractStage) throws {
            let author = try stage.api.join()
            _ = try stage.clipyard.sql(
                """
                WITH copy AS (
                    INSERT INTO videos (author_id, title, state, source_key, source_bytes, source_sha256, media_prefix,
                                        width, height, duration_seconds, published_ms)
                    SELECT \(author.id), 'copy ' || n, state, source_key, source_bytes, source_sha256, media_prefix,
                           width, height, duration_seconds, (SELECT min(published_ms) FROM videos WHERE is_public) - n
                    FROM videos, generate_series(1, \(Self.copies)) AS n WHERE id = \(stage.videos[0])
                    RETURNING id
                )
                SELECT pg_notify('videos_changed', string_agg(id::text, ',')) FROM copy
                """
            )
        }

        private func copiesInFeed(_ api: ContractClient) throws -> Bool? {
            let second = try api.feed(latestTime: try #require(try api.feed()["next_time"].int))
            return second["video_list"].items.count == 30 ? true : nil
        }

        @Test func theNewestComeFirst() throws {
            let stage = try ContractStage.here
            let far = "\(Int64.max)"
            let pages = try ["", "0", "-1", "99999999999999", "9999999999", far, "1e18"].map {
                try stage.api.feed(latestTime: $0)
            }
            let newest = try stage.clipyard.sql(
                "SELECT id FROM videos WHERE is_public ORDER BY published_ms DESC LIMIT 30"
            )
            let ids = newest.split(separator: "\n").compactMap { Int64($0) }
            for page in pages { #expect(page["video_list"].items.compactMap { $0["id"].int } == ids) }
            #expect(try stage.api.call(.feed)["video_list"] == pages[0]["video_list"])
        }

        @Test func nextTimeIsThePublishTimeOfTheOldestInMilliseconds() throws {
            let stage = try ContractStage.here
            let page = try stage.api.feed()
            let oldest = try #require(page["video_list"].items.last?["id"].int)
            let published = try stage.clipyard.sql("SELECT published_ms FROM videos WHERE id = \(oldest)")
            #expect(page["next_time"].int == Int64(published))
        }

        /// A second means all of it: what was published in it is on the page.
        @Test func secondsAreTakenForSeconds() throws {
            let stage = try ContractStage.here
            let times = try stage.videos.map { id in
                try #require(Int64(try stage.clipyard.sql("SELECT published_ms FROM videos WHERE id = \(id)")))
            }
            let (newest, time) = (try #require(stage.videos.first), try #require(times.first))
            func holds(_ latestTime: Any) throws -> Bool {
                try stage.api.feed(latestTime: latestTime)["video_list"].items.contains { $0["id"].int == newest }
            }
            #expect(try holds(time / 1000) && holds(time + 1))
            #expect(try !holds(time / 1000 - 1) && !holds(time))
        }

        @Test func beforeTheFirstVideoThereIsAnEmptyPage() throws {
            let api = try ContractStage.here.api
            for time in ["1", "86400", "100000000001"] {
                let page = try api.feed(latestTime: time)
                #expect(page["video_list"] == .array([]))
                let next = try #require(page["next_time"].int)
                #expect(next > 0, "0 would mean the top again")
                #expect(try api.feed(latestTime: next)["video_list"] == .array([]))
            }
        }

        @Test func aViewerSeesTheirOwnMarks() throws {
            let stage = try ContractStage.here
            let (ada, eve) = (try stage.api.join(), try stage.api.join())
            let video = stage.videos[0]
            #expect(try stage.api.like(video, by: ada) == .success)
            #expect(try stage.api.follow(stage.author, by: ada) == .success)
            for (viewer, sees) in [(ada, true), (eve, false), (nil, false)] {
                let shown = try #require(try stage.api.videoInFeed(video, seenBy: viewer))
                #expect(shown["is_favorite"].flag == sees && shown["author"]["is_follow"].flag == sees)
            }
        }
    }
}
