import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ObjectStorage

@Suite struct TransferRetryTests {
    @Test func pausesAreRandomBelowABoundThatDoubles() {
        let retry = TransferRetry(firstPause: .milliseconds(100), longestPause: .milliseconds(350))
        for (attempt, bound) in [(1, 100), (2, 200), (3, 350), (40, 350)] {
            let pauses = (0..<200).map { _ in retry.pause(afterAttempt: attempt, retryAfterSeconds: nil) }
            #expect(pauses.allSatisfy { (.zero ... .milliseconds(bound)).contains($0) })
            #expect(Set(pauses).count > 50)
        }
    }

    @Test func aServerThatAsksForAPauseGetsIt() {
        let retry = TransferRetry(longestPause: .seconds(5))
        #expect(retry.pause(afterAttempt: 1, retryAfterSeconds: 3) >= .seconds(3))
        #expect(retry.pause(afterAttempt: 1, retryAfterSeconds: 3600) == .seconds(5))
    }

    private func client(_ server: AnsweringServer, attempts: Int) throws -> BucketClient {
        let address = try BucketAddress(endpoint: server.url, bucket: "clips", isPathStyle: true)
        let signer = SigV4Signer(credentials: StorageCredentials(accessKey: "A", secretKey: "S"), region: "r")
        let dialect = S3Dialect(address: address, publicAddress: address, signer: signer)
        return BucketClient(dialect: dialect, retry: TransferRetry(maxAttempts: attempts, firstPause: .milliseconds(1)))
    }

    @Test(arguments: [
        (408, 3), (429, 3), (500, 3), (502, 3), (503, 3), (504, 3), (400, 1), (403, 1), (404, 1), (501, 1),
    ])
    func onlyWhatMayGoBetterIsTriedAgain(status: Int, requests: Int) async throws {
        let server = try AnsweringServer { _ in AnsweringServer.answer(status) }
        defer { server.close() }
        await #expect(throws: StorageError.self) {
            try await client(server, attempts: 3).send(
                BucketRequest("PUT", "a", body: .bytes(ByteBuffer(string: "x"))),
                doing: "put"
            )
        }
        #expect(server.requests.count == requests)
        #expect(server.requests.allSatisfy { $0.body == Data("x".utf8) })
    }

    @Test func whatMustNotBeRepeatedIsNot() async throws {
        let server = try AnsweringServer { _ in nil }
        defer { server.close() }
        await #expect(throws: StorageError.self) {
            try await client(server, attempts: 3).send(BucketRequest("POST", "a", isRepeatable: false), doing: "post")
        }
        #expect(server.requests.count == 1)
    }

    @Test func refusalsTellTheServicesCodeAndRequestAndNoSecret() async throws {
        let body = "<Error><Code>NoSuchBucket</Code><Message>gone</Message><RequestId>R-17</RequestId></Error>"
        let server = try AnsweringServer { _ in AnsweringServer.answer(404, body: Data(body.utf8)) }
        defer { server.close() }
        let error = await #expect(throws: StorageError.self) {
            try await client(server, attempts: 3).send(BucketRequest("GET", "a"), doing: "get")
        }
        #expect(
            error?.service == StorageError.Service(name: "S3", status: 404, code: "NoSuchBucket", requestID: "R-17")
        )
        #expect(error?.code == .invalid)
        #expect(
            error?.description
                == "get failed: S3 answered NoSuchBucket: gone: make the bucket clips, or correct CLIPYARD_STORAGE [a, request R-17]"
        )
    }

    /// Some calls answer 200 and then an error.
    @Test func anErrorWithStatus200IsAnError() async throws {
        let body = "<Error><Code>InternalError</Code><Message>sorry</Message></Error>"
        let server = try AnsweringServer { request in
            let head = AnsweringServer.answer(200, fields: ["ETag: \"1\""], body: Data())
            return request.method == "HEAD" ? head : AnsweringServer.answer(200, body: Data(body.utf8))
        }
        defer { server.close() }
        var configuration = BucketObjectStore.Configuration()
        configuration.retry = TransferRetry(maxAttempts: 2, firstPause: .milliseconds(1))
        let settings = BucketSettings(
            bucket: "clips",
            endpoint: server.url,
            credentials: StorageCredentials(accessKey: "A", secretKey: "S"),
            isPathStyle: true
        )
        let store = try BucketObjectStore(s3: settings, configuration: configuration)
        let error = await #expect(throws: StorageError.self) {
            try await store.copy(ObjectKey("a"), to: ObjectKey("b"))
        }
        #expect(error?.service?.code == "InternalError")
        #expect(server.requests.count { $0.method == "PUT" } == 2)
    }
}
