import Database
import Domain
import Foundation
import Postgres
import Testing

@testable import API

@Suite struct FeedRouteTests {
    /// Videos of one author, playable, oldest first.
    private func makeVideos(_ count: Int, _ api: TestAPI) async throws -> [Int64] {
        let author = try await api.register("author\(Int.random(in: 0...999_999))")
        var ids: [Int64] = []
        for _ in 0..<count {
            let id = try await api.videos.reserveID()
            let video = NewVideo(
                id: id,
                authorID: UserID(rawValue: author.id),
                title: "A title",
                sourceKey: "sources/\(id)/source",
                sourceBytes: 1,
                sourceSHA256: [UInt8](repeating: 0, count: 32)
            )
            try await api.pool.withTransaction { try await api.videos.create(video, in: $0) }
            try await api.makeReady(id.rawValue)
            ids.append(id.rawValue)
        }
        return ids
    }

    private func ids(_ answer: Answer) -> [Int64] { answer.videos.compactMap { $0["id"] as? Int64 } }

    @Test func atMostThirtyNewestFirst() async throws {
        try await withAPI { (api) async throws in
            let made = try await makeVideos(35, api)
            for uri in [
                "/douyin/feed/", "/douyin/feed", "/douyin/feed/?latest_time=0", "/douyin/feed/?latest_time=&token=",
            ] {
                #expect(ids(try await api.get(uri)) == Array(made.suffix(30).reversed()), "\(uri)")
            }
        }
    }

    @Test func echoingNextTimeFindsEachOnceWhileOthersArrive() async throws {
        try await withAPI { (api) async throws in
            let made = try await makeVideos(70, api)
            var seen: [Int64] = []
            var answer = try await api.get("/douyin/feed/")
            while !answer.videos.isEmpty {
                seen += ids(answer)
                _ = try await makeVideos(1, api)
                answer = try await api.get("/douyin/feed/?latest_time=\(answer.nextTime)")
            }
            #expect(seen == Array(made.reversed()))
        }
    }

    @Test func anEmptyPageDoesNotLeadBackToTheTop() async throws {
        try await withAPI { (api) async throws in
            let made = try await makeVideos(3, api)
            let first = try await api.get("/douyin/feed/")
            let end = try await api.get("/douyin/feed/?latest_time=\(first.nextTime)")
            #expect(ids(first).count == made.count)
            #expect(end.code == 0 && end.json["video_list"] as? [String] == [])
            #expect(end.nextTime == first.nextTime)
            let old = try await api.get("/douyin/feed/?latest_time=1500000000000")
            #expect(old.videos.isEmpty && old.nextTime == 1_500_000_000_000)
        }
    }

    @Test func anEmptyFeedAnswersThePresent() async throws {
        try await withAPI { (api) async throws in
            let before = Int64(Date().timeIntervalSince1970 * 1000) - 1
            let answer = try await api.get("/douyin/feed/")
            #expect(answer.code == 0 && answer.json["video_list"] as? [String] == [])
            #expect((before...(before + 60_000)).contains(answer.nextTime))
        }
    }

    @Test func timesComeInSecondsMillisecondsFloatsAndFromTheFuture() async throws {
        try await withAPI { (api) async throws in
            let made = Array(try await makeVideos(2, api).reversed())
            let seconds = Int64(Date().timeIntervalSince1970) + 1
            let times = [
                "\(seconds)", "\(seconds * 1000)", "9e15", "\(seconds).0", "1e+40", "-1", "\(seconds + 100_000)000",
            ]
            for time in times {
                #expect(ids(try await api.get("/douyin/feed/?latest_time=\(time)")) == made, "\(time)")
            }
            for time in ["1500000000", "1500000000000", "1.5e9", "1.5e+12"] {
                #expect(ids(try await api.get("/douyin/feed/?latest_time=\(time)")) == [], "\(time)")
            }
            #expect(try await api.get("/douyin/feed/?latest_time=yesterday").code == 40002)
        }
    }
}
