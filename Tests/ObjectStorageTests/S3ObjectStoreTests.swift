import Foundation
import TestSupport
import Testing

@testable import ObjectStorage

/// The S3 backend against real servers.
@Suite struct S3ObjectStoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A store in a folder of its own, with parts as small as servers allow.
    private func store(_ server: StorageServer) async throws -> BucketObjectStore {
        try await S3Stores.open(server, prefix: "conformance/\(UUID().uuidString)", scratch: folder.path)
    }

    /// What a server does otherwise than S3, by the check that shows it; a check that passes after all fails the test.
    private static let differences: [String: [String: Comment]] = [
        "seaweed": ["a part can be replaced": "keeps both parts of one number"],
        "rclone": [
            "a part can be replaced": "refuses", "parts in any order become an object": "wants 1, 2, 3 …",
            "impossible parts are refused": "wants 1, 2, 3 …",
            "delete removes only what it names": "fails for a key that is a folder to it",
            parallelWrites: "sometimes answers 500 when two uploads of one key end at the same time",
        ],
    ]
    private static let parallelWrites = "parallel writes of one key leave one whole"

    private func run(_ check: ConformanceCheck, on server: StorageServer, _ name: String) async throws {
        let conformance = ObjectStoreConformance(store: try await store(server), folder: folder)
        if let difference = Self.differences[name]?[check.name] {
            let isIntermittent = check.name == Self.parallelWrites
            await withKnownIssue(difference, isIntermittent: isIntermittent) { try await check.run(conformance) }
        } else {
            try await check.run(conformance)
        }
    }

    @Test(arguments: ObjectStoreConformance.checks)
    func seaweedConforms(to check: ConformanceCheck) async throws {
        try await run(check, on: .seaweed, "seaweed")
    }

    @Test(arguments: ObjectStoreConformance.checks)
    func rcloneConforms(to check: ConformanceCheck) async throws {
        try await run(check, on: .rclone, "rclone")
    }

    @Test(arguments: [StorageServer.seaweed, .rclone])
    func signedAddressesWorkForAnybody(server: StorageServer) async throws {
        let store = try await store(server)
        let key = try ObjectKey("signed/a+b=c.mp4")
        let path = try folder.file("signed", Array("signed bytes".utf8))
        let put = try #require(try await store.presign(.put, key, expiresIn: .seconds(60)))
        let body = CurlBody.file(path: path, range: 0..<12)
        #expect(try await CurlClient().send(CurlRequest("PUT", put, body: body)).status == 200)
        let get = try #require(try await store.presign(.get, key, expiresIn: .seconds(60)))
        #expect(try await CurlClient().get(get).body == Array("signed bytes".utf8))
        // For this object and this method alone.
        #expect(try await CurlClient().get(get.replacing("a%2Bb", with: "a%2Bc")).status == 403)
        #expect(try await CurlClient().send(CurlRequest("DELETE", get)).status == 403)
        // rclone does not look at the time.
        guard server === StorageServer.seaweed else { return }
        let brief = try #require(try await store.presign(.get, key, expiresIn: .seconds(1)))
        try await Task.sleep(for: .milliseconds(2500))
        #expect(try await CurlClient().get(brief).status == 403)
    }

    /// rclone recomputes signatures with the fields that they name, of which the token is one; botocore says that they are the
    /// right ones (`SigV4SignerTests`).
    @Test func temporaryCredentialsBringTheirToken() async throws {
        let store = try await S3Stores.open(.rclone, prefix: "token", scratch: folder.path) { settings, _ in
            settings.credentials.sessionToken = "t+/="
        }
        let key = try ObjectKey("temporary")
        try await store.put(key, movingFile: folder.file("temporary", [1, 2, 3]))
        #expect(try await store.list(prefix: "").map(\.key) == [key])
        let address = try #require(try await store.presign(.get, key, expiresIn: .seconds(60)))
        #expect(try await CurlClient().get(address).body == [1, 2, 3])
        #expect(try await CurlClient().get(address.replacing("t%2B%2F%3D", with: "t")).status == 403)
    }

    @Test(arguments: [0, 604_801]) func signedAddressesAreValidForASecondToAWeek(seconds: Int) async throws {
        let store = try await store(.seaweed)
        let error = await #expect(throws: StorageError.self) {
            _ = try await store.presign(.get, ObjectKey("a"), expiresIn: .seconds(seconds))
        }
        #expect(error?.code == .invalid)
        #expect(try await store.presign(.get, ObjectKey("a"), expiresIn: .seconds(min(604_800, seconds + 1))) != nil)
    }

    @Test func theBucketCanBeInTheHost() async throws {
        let store = try await S3Stores.open(.seaweed, prefix: "host", scratch: folder.path) { settings, _ in
            settings.isPathStyle = false
            settings.endpoint = settings.endpoint?.replacing("127.0.0.1", with: "localhost")
        }
        try await store.put(ObjectKey("ab"), movingFile: folder.file("a", [1, 2, 3]))
        #expect(try await store.list(prefix: "").map(\.sizeBytes) == [3])
        let address = try #require(try await store.presign(.get, ObjectKey("ab"), expiresIn: .seconds(60)))
        #expect(address.hasPrefix("http://clips.localhost:"))
        #expect(try await CurlClient().get(address).body == [1, 2, 3])
    }

    @Test func whatIsTooLongForOneCopyIsCopiedInParts() async throws {
        let store = try await S3Stores.open(.seaweed, prefix: "long/\(UUID().uuidString)", scratch: folder.path) {
            $1.copyBytes = 5 * 1024 * 1024
        }
        let bytes = ObjectStoreConformance.bytes(12 * 1024 * 1024 + 5)
        try await store.put(ObjectKey("a"), movingFile: folder.file("long", bytes))
        try await store.copy(ObjectKey("a"), to: ObjectKey("b"))
        try await store.fetch(ObjectKey("b"), to: "\(folder.path)/copied")
        #expect(try Array(Data(contentsOf: URL(filePath: "\(folder.path)/copied"))) == bytes)
        #expect(try await store.multiparts(prefix: "") == [])
    }

    @Test func partsGrowSoThatTenThousandHoldTheLongestObject() async throws {
        let configuration = BucketObjectStore.Configuration(scratch: folder.path)
        let settings = BucketSettings(bucket: "clips", credentials: S3Stores.credentials)
        let store = try BucketObjectStore(s3: settings, configuration: configuration)
        let ranges = store.ranges(ofBytes: 5 << 40)
        #expect(ranges.count <= 10_000 && ranges.last?.upperBound == 5 << 40)
        #expect(ranges.allSatisfy { $0.count <= 5 << 30 })
        #expect(store.ranges(ofBytes: 8 << 20).count == 1 && store.ranges(ofBytes: (8 << 20) + 1).count == 2)
    }

    @Test func partsThatAKilledProcessLeftAreSwept() async throws {
        let store = try BucketObjectStore(
            s3: BucketSettings(bucket: "clips", credentials: S3Stores.credentials),
            configuration: .init(scratch: folder.path)
        )
        for (name, age) in [("clipyard-part-old", -7200.0), ("clipyard-part-new", -3000), ("other", -7200)] {
            let path = try folder.file(name, [1])
            let date = Date().addingTimeInterval(age)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
        #expect(try await store.sweepStaging(olderThan: .seconds(3600)) == 1)
        #expect(folder.files() == ["clipyard-part-new", "other"])
    }

    @Test func wrongKeysAreDeniedInWordsThatHelp() async throws {
        let store = try await S3Stores.open(.seaweed, prefix: "denied", scratch: folder.path) { settings, _ in
            settings.credentials.secretKey = "wrong"
        }
        let error = await #expect(throws: StorageError.self) { try await store.checkAccess() }
        #expect(error?.code == .denied && error?.service?.code == "SignatureDoesNotMatch")
        #expect(error?.message.contains("CLIPYARD_STORAGE_SECRET_KEY") == true)
        #expect(error?.service?.requestID?.isEmpty == false)
    }
}

/// Stores on the servers of the tests.
enum S3Stores {
    static let credentials = StorageCredentials(
        accessKey: StorageServer.accessKey,
        secretKey: StorageServer.secretKey
    )

    static func open(
        _ server: StorageServer,
        port: Int? = nil,
        prefix: String,
        scratch: String,
        change: (inout BucketSettings, inout BucketObjectStore.Configuration) -> Void = { _, _ in }
    ) async throws -> BucketObjectStore {
        let address = try await server.address()
        var settings = BucketSettings(
            bucket: StorageServer.bucket,
            prefix: prefix,
            endpoint: port.map { "http://127.0.0.1:\($0)" } ?? address.endpoint,
            credentials: credentials,
            isPathStyle: true
        )
        var configuration = BucketObjectStore.Configuration(scratch: scratch)
        configuration.partsAboveBytes = 8 * 1024 * 1024
        configuration.retry = TransferRetry(maxAttempts: 4, firstPause: .milliseconds(20))
        change(&settings, &configuration)
        return try BucketObjectStore(s3: settings, configuration: configuration)
    }
}
