import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import Testing

@testable import API

/// Lists have an end, and texts a size.
@Suite struct PageTests {
    /// What is answered a page at a time.
    static let lists = ["/api/v1/me/videos", "/api/v1/videos/*/comments"]

    @Test func commentsComeAPageAtATime() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            _ = try await api.publish(token: ada.token)
            let id = try #require(try await api.pool.first("SELECT max(id) FROM videos", as: Int64.self))
            try await api.makeReady(id)
            try await api.pool.execute(
                """
                INSERT INTO comments (video_id, author_id, text)
                SELECT \(id), \(ada.id), 'c' || n FROM generate_series(1, 120) AS n
                """
            )
            var (cursor, pages): (String, [[String]]) = ("", [])
            repeat {
                let json = try await api.get("/api/v1/videos/\(id)/comments?cursor=\(cursor)").json
                let items = try #require(json["items"] as? [[String: Any]])
                pages.append(items.compactMap { $0["content"] as? String })
                cursor = try #require(json["next_cursor"] as? String)
            } while !cursor.isEmpty
            #expect(pages.map(\.count) == [50, 50, 20])
            #expect(pages.flatMap(\.self) == (1...120).reversed().map { "c\($0)" })
            for (limit, status) in [("100", 200), ("1", 200), ("101", 400), ("0", 400), ("-1", 400), ("x", 400)] {
                let answer = try await api.get("/api/v1/videos/\(id)/comments?limit=\(limit)")
                #expect(answer.status.code == status, "\(limit)")
            }
            #expect(try await api.get("/api/v1/videos/\(id)/comments?cursor=x").status == .badRequest)
            let own = try await api.get("/api/v1/me/videos?token=\(ada.token)").json
            #expect((own["items"] as? [Any])?.count == 1 && own["next_cursor"] as? String == "")
            #expect(try await api.get("/api/v1/me/videos").status == .unauthorized)
        }
    }

    /// Adds an entry to a list at a time until it is cancelled, and removes some of those that it added.
    private func keepAdding(to list: String, video: Int64, author: Int64, _ pool: PostgresPool) async throws {
        var number = 0
        while !Task.isCancelled {
            number += 1
            if list.hasSuffix("comments") {
                try await pool.execute(
                    "INSERT INTO comments (video_id, author_id, text) VALUES (\(video), \(author), 'more')"
                )
                if number % 3 == 0 {
                    try await pool.execute(
                        "DELETE FROM comments WHERE id = (SELECT max(id) FROM comments WHERE text = 'more')"
                    )
                }
            } else {
                try await addVideos(1, by: author, pool)
            }
        }
    }

    private func addVideos(_ count: Int, by author: Int64, _ pool: PostgresPool) async throws {
        try await pool.execute(
            """
            INSERT INTO videos (author_id, title, state, source_key, source_bytes, source_sha256)
            SELECT \(author), 'c', 'processing', 'sources/1/source', 1, decode(repeat('00', 32), 'hex')
            FROM generate_series(1, \(count))
            """
        )
    }

    @Test(.timeLimit(.minutes(5)), arguments: lists)
    func whatIsThereIsSeenOnceWhileMoreIsAdded(list: String) async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            try await addVideos(301, by: ada.id, api.pool)
            let video = try #require(try await api.pool.first("SELECT max(id) FROM videos", as: Int64.self))
            try await api.makeReady(video)
            try await api.pool.execute(
                """
                INSERT INTO comments (video_id, author_id, text)
                SELECT \(video), \(ada.id), 'c' || n FROM generate_series(1, 301) AS n
                """
            )
            let ids: SQL = list.hasSuffix("comments") ? "SELECT id FROM comments" : "SELECT id FROM videos"
            let before = try await api.pool.query(ids, as: Int64.self)
            let adding = Task { try await keepAdding(to: list, video: video, author: ada.id, api.pool) }
            defer { adding.cancel() }
            let path = list.replacing("*", with: "\(video)")
            var (cursor, seen): (String, [Int64]) = ("", [])
            repeat {
                let json = try await api.get("\(path)?limit=7&token=\(ada.token)&cursor=\(cursor)").json
                let page = try #require(json["items"] as? [[String: Any]])
                seen += page.compactMap { $0["id"] as? Int64 }
                cursor = try #require(json["next_cursor"] as? String)
            } while !cursor.isEmpty
            #expect(seen == seen.sorted(by: >) && Set(seen).count == seen.count)
            #expect(Set(before).subtracting(seen).isEmpty)
            // More did come meanwhile.
            let after = try await api.pool.query(ids, as: Int64.self)
            #expect(after.count > before.count)
            adding.cancel()
            _ = await adding.result
        }
    }

    @Test func aListIsCutAtWholeEntries() throws {
        let entry = String(repeating: "x", count: 400_000)
        let json = JSONWriter.object { json in
            json.member("list", (0..<9).map { _ in entry }) { json, text in json.object { $0.member("text", text) } }
            json.member("after", true)
        }
        #expect(json.readableBytes < 2_000_000)
        let document = try JSONSerialization.jsonObject(with: Data(json.readableBytesView)) as? [String: Any]
        #expect(
            (document?["list"] as? [[String: String]])?.map { $0["text"]?.count } == [
                400_000, 400_000, 400_000, 400_000,
            ]
        )
        #expect(document?["after"] as? Bool == true)
    }
}
