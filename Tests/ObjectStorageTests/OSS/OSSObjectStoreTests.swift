import Foundation
import NIOCore
import Testing

@testable import ObjectStorage

/// The OSS backend against the test server, which recomputes every signature with Aliyun's signer.
@Suite struct OSSObjectStoreTests {
    let folder: TemporaryFolder
    let server: OSSServer

    init() throws {
        folder = try TemporaryFolder()
        server = try OSSStores.server.get()
    }

    private func store(
        _ change: (inout BucketSettings, inout BucketObjectStore.Configuration) -> Void = { _, _ in }
    ) throws -> BucketObjectStore {
        try OSSStores.open(prefix: "conformance/\(UUID().uuidString)", scratch: folder.path, change: change)
    }

    @Test(arguments: ObjectStoreConformance.checks)
    func conforms(to check: ConformanceCheck) async throws {
        try await check.run(ObjectStoreConformance(store: store(), folder: folder))
    }

    @Test(arguments: ObjectStoreConformance.checks)
    func conformsWithTheOldSignature(to check: ConformanceCheck) async throws {
        let store = try store { settings, _ in settings.signature = .v1 }
        try await check.run(ObjectStoreConformance(store: store, folder: folder))
    }

    @Test(arguments: OSSSignature.allCases)
    func temporaryCredentialsBringTheirToken(signature: OSSSignature) async throws {
        let key = try ObjectKey("token/a")
        let store = try store { settings, _ in
            settings.signature = signature
            settings.credentials = StorageCredentials(accessKey: "sts", secretKey: "sk", sessionToken: "t+/=")
        }
        try await store.put(key, bytes: ByteBuffer(string: "temporary"))
        let long = ObjectStoreConformance.bytes(9 << 20)
        try await store.put(ObjectKey("token/long"), movingFile: folder.file("long", long))
        #expect(try await store.list(prefix: "token/").map(\.sizeBytes) == [9, 9 << 20])
        let address = try #require(try await store.presign(.get, key, expiresIn: .seconds(60)))
        #expect(try await CurlClient().get(address).body == Array("temporary".utf8))
        let put = try #require(try await store.presign(.put, key, expiresIn: .seconds(60)))
        let body = CurlBody.bytes(ByteBuffer(string: "other"))
        #expect(try await CurlClient().send(CurlRequest("PUT", put, body: body)).status == 200)
        #expect(try await store.head(key)?.sizeBytes == 5)
        // Without its token, or with another, a signature is worth nothing.
        #expect(address.contains("t%2B%2F%3D"))
        #expect(try await CurlClient().get(address.replacing("t%2B%2F%3D", with: "t")).status == 403)
        for (access, token, code) in [("sts", nil, "InvalidSecurityToken"), ("late", "old", "SecurityTokenExpired")] {
            let denied = try self.store { settings, _ in
                settings.signature = signature
                settings.credentials = StorageCredentials(accessKey: access, secretKey: "sk", sessionToken: token)
            }
            let error = await #expect(throws: StorageError.self) { try await denied.checkAccess() }
            #expect(error?.code == .denied && error?.service?.code == code)
        }
    }

    @Test(
        arguments: [("nobody", "sk", nil), ("ak", "wrong", nil), ("sts", "sk", "old")] as [(String, String, String?)]
    )
    func wrongCredentialsAreDenied(access: String, secret: String, token: String?) async throws {
        let store = try store { settings, _ in
            settings.credentials = StorageCredentials(accessKey: access, secretKey: secret, sessionToken: token)
        }
        let error = await #expect(throws: StorageError.self) { try await store.checkAccess() }
        #expect(error?.code == .denied)
        let service = try #require(error?.service)
        #expect(["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurityToken"].contains(service.code))
        #expect(service.requestID?.isEmpty == false)
        #expect(!"\(try #require(error))".contains(secret == "sk" ? "sts/" : secret))
    }

    @Test(arguments: OSSSignature.allCases)
    func signedAddressesExpire(signature: OSSSignature) async throws {
        let store = try store { settings, _ in settings.signature = signature }
        let key = try ObjectKey("signed/late")
        try await store.put(key, bytes: ByteBuffer(string: "late"))
        for (age, status) in [(30.0, 200), (61.0, 403)] {
            let start = Date().addingTimeInterval(-age)
            let path = store.path(key)
            let address = store.client.dialect.presigned("GET", path, expiresInSeconds: 60, at: start)
            let answer = try await CurlClient().get(address)
            #expect(answer.status == status)
            #expect(status == 200 || String(decoding: answer.body, as: UTF8.self).contains("Request has expired."))
        }
    }

    @Test func dataGoesInsideAndSignedAddressesOutside() async throws {
        // The bucket in the host: every name below localhost is this machine to libcurl.
        let store = try store { settings, _ in
            settings.isPathStyle = false
            settings.internalEndpoint = settings.endpoint?.replacing("127.0.0.1", with: "localhost")
            settings.endpoint = "https://oss-cn-hangzhou.aliyuncs.com"
        }
        let key = try ObjectKey("inside/a")
        try await store.put(key, bytes: ByteBuffer(string: "inside"))
        #expect(try await store.head(key)?.sizeBytes == 6)
        let address = try #require(try await store.presign(.get, key, expiresIn: .seconds(60)))
        #expect(address.hasPrefix("https://clips.oss-cn-hangzhou.aliyuncs.com/conformance/"))
    }

    @Test func checksumsOfTheServiceAreCompared() throws {
        let dialect = try store().client.dialect
        let bytes = ByteBuffer(string: "123456789")
        let digest = BodyDigest.of(bytes, dialect.digests)
        #expect(dialect.confirms(digest, ["x-oss-hash-crc64ecma": "11051210869376104954"]) == true)
        #expect(dialect.confirms(digest, ["X-Oss-Hash-Crc64ecma": "11051210869376104955"]) == false)
        let half = { (text: String) in
            let crc64 = CRC64(ByteBuffer(string: text)).value
            return MultipartPart(
                number: text == "1234" ? 1 : 2,
                sizeBytes: Int64(text.utf8.count),
                etag: "",
                crc64: crc64
            )
        }
        let parts = [half("1234"), half("56789")]
        let stored: CurlHeaders = ["x-oss-hash-crc64ecma": "11051210869376104954"]
        #expect(dialect.confirms(parts, stored, etag: "") == true)
        #expect(dialect.confirms(parts.reversed(), stored, etag: "") == false)
    }

    @Test func theRegionComesFromAliyunsEndpoints() throws {
        let region = { (endpoint: String) in
            BucketSettings(bucket: "clips", endpoint: endpoint, credentials: .init(accessKey: "a", secretKey: "s"))
                .ossRegion
        }
        #expect(region("https://oss-cn-hangzhou.aliyuncs.com") == "cn-hangzhou")
        #expect(region("oss-ap-southeast-1-internal.aliyuncs.com") == "ap-southeast-1")
        #expect(region("https://oss.example.com") == nil)
        let error = #expect(throws: StorageError.self) {
            try store { settings, _ in settings.region = nil }
        }
        #expect(error?.message.contains("CLIPYARD_STORAGE_REGION") == true)
    }
}

/// Stores on the OSS server of the tests.
enum OSSStores {
    /// Pages of 7 entries; a key, a temporary one, and one that is over.
    static let server = Result {
        try OSSServer(
            keys: #"""
                {"ak": {"secret": "sk"}, "sts": {"secret": "sk", "token": "t+/="},
                    "late": {"secret": "sk", "token": "old", "expires": 1700000000}}
                """#,
            arguments: ["--page-size", "7", "--max-copy-bytes", "\(6 << 20)"]
        )
    }

    static func open(
        port: Int? = nil,
        prefix: String,
        scratch: String,
        change: (inout BucketSettings, inout BucketObjectStore.Configuration) -> Void = { _, _ in }
    ) throws -> BucketObjectStore {
        var settings = BucketSettings(
            bucket: OSSServer.bucket,
            prefix: prefix,
            endpoint: try port.map { "http://127.0.0.1:\($0)" } ?? server.get().url,
            region: OSSServer.region,
            credentials: StorageCredentials(accessKey: "ak", secretKey: "sk"),
            isPathStyle: true
        )
        var configuration = BucketObjectStore.Configuration(scratch: scratch)
        configuration.retry = TransferRetry(maxAttempts: 3, firstPause: .milliseconds(20))
        configuration.partsAboveBytes = 8 << 20
        configuration.copyBytes = 6 << 20
        change(&settings, &configuration)
        return try BucketObjectStore(oss: settings, configuration: configuration)
    }
}
