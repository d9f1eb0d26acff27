import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ObjectStorage

/// Numbers of a service, and of columns, that arithmetic would trap on.
@Suite struct HostileAnswerTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store(_ server: AnsweringServer) throws -> BucketObjectStore {
        let settings = BucketSettings(
            bucket: "clips",
            prefix: "",
            endpoint: server.url,
            credentials: StorageCredentials(accessKey: "A", secretKey: "S"),
            isPathStyle: true
        )
        var configuration = BucketObjectStore.Configuration(scratch: folder.path)
        configuration.retry = TransferRetry(maxAttempts: 1, firstPause: .milliseconds(1))
        return try BucketObjectStore(s3: settings, configuration: configuration)
    }

    /// An object that became shorter before the range began ended the process.
    @Test(arguments: ["bytes 0-9/10", "bytes 0-9223372036854775806/9223372036854775807", "bytes 5-4/10", "bytes 9"])
    func aRangeThatWasNotAskedForIsAnError(range: String) async throws {
        let body = Data("0123456789".utf8)
        let server = try AnsweringServer { _ in
            AnsweringServer.answer(206, fields: ["Content-Range: \(range)"], body: body)
        }
        defer { server.close() }
        await #expect(throws: StorageError.self) {
            for try await _ in try await store(server).get(ObjectKey("a"), range: 100..<200) {}
        }
    }

    @Test(arguments: ["-1", "9223372036854775807", "99999999999999999999", ""]) func impossibleSizesAreNone(
        size: String
    ) {
        #expect(ObjectInfo.size(size) == nil)
    }

    /// Of the parts that a service lists, those count that can be.
    @Test func partsWithImpossibleNumbersAreLeftOut() async throws {
        let parts = [("-9223372036854775808", "1"), ("1", "9223372036854775807"), ("2", "-1"), ("3", "7")].map {
            "<Part><PartNumber>\($0.0)</PartNumber><Size>\($0.1)</Size><ETag>x</ETag></Part>"
        }
        let body = Data("<ListPartsResult>\(parts.joined())</ListPartsResult>".utf8)
        let server = try AnsweringServer { _ in AnsweringServer.answer(200, body: body) }
        defer { server.close() }
        let upload = MultipartUpload(key: try ObjectKey("a"), id: "u", startedAt: Date())
        #expect(try await store(server).parts(of: upload).map(\.number) == [3])
    }

    @Test(arguments: [
        "Fri, 9223372036854775807 May 2013 00:00:00 GMT", "Fri, 24 May 9223372036854775807 00:00:00 GMT",
        "Fri, -1 May 2013 00:00:00 GMT", "Fri, 24 May 2013 9223372036854775807:00:00 GMT",
        String(repeating: "9", count: 1000),
    ])
    func impossibleTimesAreNone(text: String) { #expect(StorageTime.parse(text) == nil) }

    @Test(arguments: [
        #"{"partBytes":0,"runs":[],"storedBytes":0,"tailBytes":0}"#,
        #"{"partBytes":8388608,"runs":[{"first":9223372036854775807,"count":1}],"storedBytes":0,"tailBytes":0}"#,
        #"{"partBytes":8388608,"runs":[{"first":1,"count":-1}],"storedBytes":0,"tailBytes":0}"#,
        #"{"partBytes":8388608,"runs":[],"storedBytes":9223372036854775807,"tailBytes":9223372036854775807}"#,
    ])
    func damagedStatesOfUploadsAreErrors(state: String) {
        #expect(throws: StorageError.self) { try MultipartPlacement(state, partBytes: 8 << 20) }
    }
}
