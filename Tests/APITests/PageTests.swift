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
