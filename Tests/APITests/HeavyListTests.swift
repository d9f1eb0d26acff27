import Database
import Domain
import Foundation
import Hummingbird
import HummingbirdTesting
import Moderation
import Postgres
import TestSupport
import Testing

@testable import API

/// Lists of the heaviest entries that there can be.
@Suite struct HeavyListTests {
    /// The lists of simple-Douyin, each with the member that is the list.
    private static let lists = [
        ("/douyin/feed", "video_list"), ("/douyin/publish/list", "video_list"), ("/douyin/favorite/list", "video_list"),
        ("/douyin/comment/list", "comment_list"), ("/douyin/relation/follow/list", "user_list"),
        ("/douyin/relation/follower/list", "user_list"), ("/douyin/relation/friend/list", "user_list"),
        ("/douyin/message/chat", "message_list"),
    ]
    /// The other reads, which hold one thing.
    private static let others: Set = ["/douyin/user"]
    /// As many as a list has by default.
    private static let count = 1000

    /// So many characters, each of the eight bytes that there may be for one.
    private func heavy(_ count: Int) -> String { String(repeating: "ж\u{301}\u{302}\u{303}", count: count) }

    /// One user whose everything is full: videos, likes, followers who are friends, messages and comments.
    private func fill(_ api: TestAPI, _ ada: Int64) async throws {
        let name = try Username(String(repeating: "ж" + String(repeating: "\u{20D0}", count: 11), count: 28)).rawValue
        let signature = try Signature(heavy(100)).rawValue
        let (title, comment) = (try VideoTitle(heavy(200)).rawValue, try CommentText(heavy(500)).rawValue)
        let message = try MessageText(heavy(1000)).rawValue
        let statements: [SQL] = [
            """
            INSERT INTO users (id, name, name_key, password_hash, signature, avatar_key, background_key)
            SELECT 1000 + n, \(name) || n, \(name) || n, 'x', \(signature), 'profiles/' || n || '/avatar-0123456789abc.jpg',
                   'profiles/' || n || '/background-0123456789abc.jpg'
            FROM generate_series(1, \(Self.count)) AS n
            """,
            "UPDATE users SET signature = \(signature) WHERE id = \(ada)",
            """
            INSERT INTO videos (id, author_id, title, state, source_key, source_bytes, source_sha256, media_prefix, width,
                                height, duration_seconds, published_ms)
            SELECT n, CASE WHEN n % 2 = 0 THEN \(ada) ELSE 1001 END, \(title), 'ready', 'sources/' || n || '/source', 1,
                   decode(repeat('00', 32), 'hex'), 'videos/' || n || '/1', 360, 640, 3, n
            FROM generate_series(1, 2 * \(Self.count)) AS n
            """,
            "INSERT INTO favorites (user_id, video_id) SELECT \(ada), n FROM generate_series(1, \(Self.count)) AS n",
            """
            INSERT INTO comments (video_id, author_id, text)
            SELECT 2, 1000 + n, \(comment) FROM generate_series(1, \(Self.count)) AS n
            """,
            "INSERT INTO follows SELECT \(ada), 1000 + n FROM generate_series(1, \(Self.count)) AS n",
            "INSERT INTO follows SELECT 1000 + n, \(ada) FROM generate_series(1, \(Self.count)) AS n",
            """
            INSERT INTO messages (from_id, to_id, content, sent_ms)
            SELECT 1000 + n, \(ada), \(message), 1 FROM generate_series(1, \(Self.count)) AS n
            """,
            """
            INSERT INTO messages (from_id, to_id, content, sent_ms)
            SELECT \(ada), 1001, \(message), 1 + n FROM generate_series(1, \(Self.count)) AS n
            """,
        ]
        for statement in statements { try await api.pool.execute(statement) }
    }

    @Test(.timeLimit(.minutes(5))) func noListOfSimpleDouyinIsLongerThan2MB() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            try await fill(api, ada.id)
            // The feed in memory finds out by itself.
            try await eventually { try await !api.get("/douyin/feed/").videos.isEmpty }
            for (path, member) in Self.lists {
                let query = "token=\(ada.token)&user_id=\(ada.id)&video_id=2&to_user_id=1001&pre_msg_time=0"
                let response = try await api.send(.get, "\(path)/?\(query)")
                let answer = try Answer(response)
                let entries = try #require(answer.json[member] as? [[String: Any]], "\(path): \(answer.message)")
                #expect(answer.code == 0 && response.body.readableBytes <= 2_000_000, "\(path)")
                // Cut where it would have been longer, and at the end of an entry.
                #expect(entries.count > 20 && entries.count < Self.count, "\(path): \(entries.count)")
                if path != "/douyin/feed" { #expect(response.body.readableBytes > 1_900_000, "\(path)") }
            }
        }
    }

    @Test func everyReadOfSimpleDouyinIsKnown() async throws {
        try await withAPI { (api) async throws in
            let services = APIServices(pool: api.pool, store: api.store, moderator: try Moderator(wordListPath: nil))
            let configuration = APIConfiguration(publicBaseURL: TestAPI.base, tokenSecret: TestAPI.secret)
            let router = buildRouter(APIParts(services, configuration: configuration))
            var (reads, pages): (Set<String>, Set<String>) = ([], [])
            for route in router.routes where route.method == .get {
                let path = route.path.description
                if path.hasPrefix("/douyin"), try await api.send(.get, path).status != .methodNotAllowed {
                    reads.insert(path)
                }
                if path.hasPrefix("/api/v1") { pages.insert(path.replacing(/[:{]id}?/, with: "*")) }
            }
            #expect(reads == Self.others.union(Self.lists.map(\.0)))
            // Those with items are what `PageTests` turns the pages of.
            let single: Set = ["/api/v1/me", "/api/v1/videos/*", "/api/v1/uploads/*"]
            #expect(pages == single.union(PageTests.lists))
        }
    }
}
