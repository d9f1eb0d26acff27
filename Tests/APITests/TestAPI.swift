import Argon2
import Database
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Moderation
import NIOCore
import ObjectStorage
import Postgres
import TestSupport

@testable import API

/// The whole API on a database and a folder of its own.
struct TestAPI: Sendable {
    static let base = "https://videos.example.com"
    static let secret = "a secret of at least thirty-two bytes"

    let pool: PostgresPool
    let store: LocalObjectStore
    /// The store's folder.
    let folder: String
    let client: any TestClientProtocol
    /// Where a live server listens; 0 for a router.
    var port = 0

    var videos: Videos { Videos(pool: pool) }

    /// Of the same secret as the API's.
    var tokens: AccessTokens {
        let lifetime = Duration.seconds(60)
        let revoked = RevokedTokens(Users(pool), lifetime: lifetime, isLoaded: true)
        return AccessTokens(secret: Self.secret, lifetime: lifetime, revoked: revoked)
    }

    /// Every file in the store, hidden ones too.
    var files: Set<String> {
        let names = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
        return Set(names.filter { !$0.hasSuffix(".staging") && URL(filePath: "\(folder)/\($0)").isRegularFile })
    }
}

extension URL {
    fileprivate var isRegularFile: Bool {
        (try? resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) ?? false
    }
}

/// Runs a test with the API.
func withAPI(
    _ setup: TestingSetup = .router,
    logger: Logger = .quiet,
    storage: String? = nil,
    moderator: Moderator? = nil,
    wrapping wrap: @Sendable (LocalObjectStore) -> any ObjectStore = { $0 },
    configure: (inout APIConfiguration) -> Void = { _ in },
    _ test: @Sendable (TestAPI) async throws -> Void
) async throws {
    var configuration = APIConfiguration(publicBaseURL: "\(TestAPI.base)/", tokenSecret: TestAPI.secret)
    configuration.passwordCost = Argon2Parameters(memoryKiB: 64, iterations: 1, parallelism: 1)
    configure(&configuration)
    try await withTestDatabase { pool in
        try await withTemporaryFolder { folder in
            let store = try LocalObjectStore(root: storage ?? folder)
            let application = buildApplication(
                APIServices(pool: pool, store: wrap(store), moderator: try moderator ?? Moderator(wordListPath: nil)),
                configuration: configuration,
                address: .hostname("127.0.0.1", port: 0),
                logger: logger
            )
            try await application.test(setup) { client in
                try await test(
                    TestAPI(pool: pool, store: store, folder: storage ?? folder, client: client, port: client.port ?? 0)
                )
            }
        }
    }
}

/// One answer of `/douyin/`, with every field looked up by name.
struct Answer {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let json: [String: Any]

    var code: Int? { json["status_code"] as? Int }
    var message: String { json["status_msg"] as? String ?? "" }
    var token: String { json["token"] as? String ?? "" }
    var userID: Int64 { (json["user_id"] as? NSNumber)?.int64Value ?? 0 }
    var user: [String: Any] { json["user"] as? [String: Any] ?? [:] }
    var videos: [[String: Any]] { json["video_list"] as? [[String: Any]] ?? [] }
    var nextTime: Int64 { (json["next_time"] as? NSNumber)?.int64Value ?? -1 }

    init(_ response: TestResponse) throws {
        status = response.status
        headers = response.headers
        json = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any] ?? [:]
    }
}

extension TestAPI {
    func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        headers: HTTPFields = [:],
        body: ByteBuffer? = nil
    ) async throws -> TestResponse {
        try await client.executeRequest(uri: uri, method: method, headers: headers, body: body)
    }

    func get(_ uri: String) async throws -> Answer { try Answer(await send(.get, uri)) }

    func post(_ uri: String, form: String? = nil) async throws -> Answer {
        let headers: HTTPFields = form == nil ? [:] : [.contentType: "application/x-www-form-urlencoded"]
        return try Answer(await send(.post, uri, headers: headers, body: form.map { ByteBuffer(string: $0) }))
    }

    func register(_ name: String) async throws -> (id: Int64, token: String) {
        let answer = try await post("/douyin/user/register/?username=\(name)&password=secret")
        return (answer.userID, answer.token)
    }

    /// Publishes as the real client does: the file first.
    func publish(_ file: [UInt8] = Clip.bytes, title: String? = "A title", token: String?) async throws -> Answer {
        var form = MultipartForm()
        form.add("data", filename: "../public/bear.mp4", file)
        if let token { form.add("token", Array(token.utf8)) }
        if let title { form.add("title", Array(title.utf8)) }
        return try await publish(form)
    }

    func publish(_ form: MultipartForm, query: String = "") async throws -> Answer {
        try Answer(
            await send(
                .post,
                "/douyin/publish/action/\(query)",
                headers: [.contentType: form.contentType],
                body: form.body
            )
        )
    }

    /// What a worker does at the end of its work; returns once the feed in memory knows.
    func makeReady(
        _ id: Int64,
        lease: Int = 1,
        isComplete: Bool = true,
        pictures: [String] = ["preview.webp", "storyboard.vtt"]
    ) async throws {
        let files = (["play.mp4"] + (isComplete ? pictures : [])).map { MediaPackage.File(path: $0, sizeBytes: 1) }
        let package = MediaPackage(width: 360, height: 640, durationSeconds: 3, renditions: [], files: files)
        try await pool.withTransaction { transaction in
            _ = try await videos.publish(
                VideoID(rawValue: id),
                prefix: "videos/\(id)/\(lease)",
                package: package,
                isComplete: isComplete,
                in: transaction
            )
        }
        while try await !get("/douyin/feed/").videos.contains(where: { $0["id"] as? Int64 == id }) {
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// A form that a test puts together.
struct MultipartForm {
    static let boundary = "------------------------d74496d66958873e"
    private var bytes: [UInt8] = []

    var contentType: String { "multipart/form-data; boundary=\(Self.boundary)" }
    var body: ByteBuffer { ByteBuffer(bytes: bytes + Array("--\(Self.boundary)--\r\n".utf8)) }
    /// Without its end.
    var truncated: ByteBuffer { ByteBuffer(bytes: bytes.dropLast(2)) }

    mutating func add(_ name: String, filename: String? = nil, _ value: [UInt8]) {
        let file = filename.map { "; filename=\"\($0)\"\r\nContent-Type: application/octet-stream" } ?? ""
        bytes += Array("--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\(file)\r\n\r\n".utf8)
        bytes += value + Array("\r\n".utf8)
    }
}

/// What looks like a video to whoever sees its first bytes only.
enum Clip {
    static let bytes: [UInt8] = make(size: 100_000)

    static func make(size: Int) -> [UInt8] {
        let head: [UInt8] = [0, 0, 0, 0x18] + Array("ftypisom".utf8) + [0, 0, 2, 0] + Array("isommp42".utf8)
        return head + (0..<(size - head.count)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    }
}
