import Foundation
import ObjectStorage
import TestSupport
import Testing

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
        ],
    ]

    private func run(_ check: ConformanceCheck, on server: StorageServer, _ name: String) async throws {
        let conformance = ObjectStoreConformance(store: try await store(server), folder: folder)
        if let difference = Self.differences[name]?[check.name] {
            await withKnownIssue(difference) { try await check.run(conformance) }
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
        change: (inout S3Settings, inout BucketObjectStore.Configuration) -> Void = { _, _ in }
    ) async throws -> BucketObjectStore {
        let address = try await server.address()
        var settings = S3Settings(
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
