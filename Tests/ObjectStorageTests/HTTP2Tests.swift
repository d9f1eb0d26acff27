import Foundation
import NIOCore
import Testing

@testable import ObjectStorage

/// Stores behind TLS and HTTP/2, with a certificate of a private authority.
@Suite struct HTTP2Tests {
    private static let front = Result { try HTTP2Front(to: OSSStores.server.get().port) }

    let folder: TemporaryFolder
    let front: HTTP2Front

    init() throws {
        folder = try TemporaryFolder()
        front = try Self.front.get()
    }

    private func store(
        _ prefix: String,
        change: (inout BucketObjectStore.Configuration) -> Void = { _ in }
    ) throws -> BucketObjectStore {
        try OSSStores.open(prefix: prefix, scratch: folder.path) { settings, configuration in
            settings.endpoint = front.url
            configuration.trust = .file(path: front.certificate)
            change(&configuration)
        }
    }

    @Test(arguments: ObjectStoreConformance.checks)
    func conforms(to check: ConformanceCheck) async throws {
        let (name, http) = (UUID().uuidString, CurlClient(trust: .file(path: front.certificate)))
        try await check.run(ObjectStoreConformance(store: store("http2/\(name)"), folder: folder, http: http))
        let requests = try await front.requests(0, about: name)
        #expect(requests.allSatisfy { $0.httpVersion == "HTTP/2.0" })
    }

    @Test func connectionsAreKept() async throws {
        let prefix = "kept/\(UUID().uuidString)"
        var store = try store(prefix)
        // Transfers of other tests would push idle connections out.
        store.client.http.loop = CurlLoop()
        for number in 0..<10 {
            let key = try ObjectKey("a/\(number)")
            try await store.put(key, bytes: ByteBuffer(repeating: 7, count: 100_000))
            #expect(try await store.head(key)?.sizeBytes == 100_000)
        }
        let requests = try await front.requests(20, about: "\(prefix)/a/")
        #expect(requests.count == 20 && requests.allSatisfy { $0.httpVersion == "HTTP/2.0" })
        #expect(Set(requests.map(\.connection)).count == 1)
    }

    /// Somebody who takes an object slowly, or not at all, holds nobody else up.
    @Test func slowReceiversHoldNobodyUp() async throws {
        let store = try store("slow/\(UUID().uuidString)") { $0.deadlines.stalledSeconds = 20 }
        let key = try ObjectKey("large")
        let bytes = ObjectStoreConformance.bytes(20 << 20)
        try await store.put(key, movingFile: folder.file("large", bytes))
        var slow: [ObjectBody.AsyncIterator] = []
        for _ in 0..<8 {
            let pieces = try await store.get(key, range: nil).makeAsyncIterator()
            _ = try await pieces.next()
            slow.append(pieces)
        }
        for number in 0..<20 {
            try await store.put(ObjectKey("beside/\(number)"), bytes: ByteBuffer(bytes: bytes[..<1000]))
        }
        try await store.fetch(key, to: "\(folder.path)/fetched")
        #expect(try Array(Data(contentsOf: URL(filePath: "\(folder.path)/fetched"))) == bytes)
        #expect(try await slow[0].next() != nil)
    }

    @Test func theVersionIsTold() async throws {
        let store = try store("version/\(UUID().uuidString)")
        let address = try #require(try await store.presign(.put, ObjectKey("a"), expiresIn: .seconds(60)))
        let body = CurlBody.bytes(ByteBuffer(repeating: 1, count: 9 << 20))
        let request = CurlRequest("PUT", address, body: body, trust: .file(path: front.certificate))
        let answer = try await CurlClient().send(request)
        #expect(answer.status == 200 && answer.httpVersion == "2")
        #expect(try await store.head(ObjectKey("a"))?.sizeBytes == 9 << 20)
    }

    @Test(arguments: [nil, "none.pem"] as [String?])
    func certificatesThatNobodyTrustsAreRefusedInWordsThatHelp(file: String?) async throws {
        let store = try store("untrusted") {
            $0.trust = file.map { .file(path: "\(folder.path)/\($0)") } ?? .system
            $0.retry.maxAttempts = 1
        }
        let error = await #expect(throws: StorageError.self) { try await store.checkAccess() }
        #expect(error?.code == .network && error?.message.contains("CLIPYARD_STORAGE_CA_FILE") == true)
    }
}
