import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ObjectStorage

@Suite struct CurlClientTests {
    private let quick = CurlDeadlines(connectSeconds: 5, stalledSeconds: 1)

    private func server(_ body: Data = Data("hello".utf8)) throws -> AnsweringServer {
        try AnsweringServer { _ in AnsweringServer.answer(200, fields: ["ETag: \"1\""], body: body) }
    }

    @Test func connectionsAreKept() async throws {
        let server = try server()
        defer { server.close() }
        // Transfers of other tests would push idle connections out.
        var client = CurlClient()
        client.loop = CurlLoop()
        for _ in 0..<20 {
            let answer = try await client.get("\(server.url)/a")
            #expect(answer.status == 200 && answer.body == Array("hello".utf8) && answer.headers["etag"] == "\"1\"")
        }
        #expect(Set(server.requests.map(\.connection)).count == 1)
    }

    @Test(arguments: ["PUT", "POST", "PATCH"])
    func bodiesAreSentFromMemoryAndFromFiles(method: String) async throws {
        let server = try server()
        defer { server.close() }
        let folder = try TemporaryFolder()
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let path = try folder.file("body", bytes)
        let bodies: [(CurlBody, [UInt8])] = [
            (.bytes(ByteBuffer(bytes: bytes)), bytes), (.bytes(ByteBuffer()), []),
            (.file(path: path, range: 1000..<2_500_000), Array(bytes[1000..<2_500_000])),
        ]
        for (body, expected) in bodies {
            let request = CurlRequest(method, server.url, headers: ["X-Test": "1", "X-Empty": ""], body: body)
            #expect(try await CurlClient().send(request).status == 200)
            #expect(server.requests.last?.method == method)
            #expect(server.requests.last.map { Array($0.body) } == expected)
            #expect(server.requests.last?.fields.contains("X-Test: 1") == true)
        }
    }

    @Test func headAndDeleteHaveNoBody() async throws {
        let server = try AnsweringServer { request in
            Data(
                "HTTP/1.1 \(request.method == "HEAD" ? 200 : 204) OK\r\nContent-Length: \(request.method == "HEAD" ? 7 : 0)\r\n\r\n"
                    .utf8
            )
        }
        defer { server.close() }
        let head = try await CurlClient().send(CurlRequest("HEAD", server.url))
        #expect(head.headers["Content-Length"] == "7" && head.body.isEmpty)
        #expect(try await CurlClient().send(CurlRequest("DELETE", server.url)).status == 204)
    }

    @Test func aFileThatIsShorterIsAnErrorThatNamesIt() async throws {
        let server = try server()
        defer { server.close() }
        let path = try TemporaryFolder().file("short", [1, 2, 3])
        let error = await #expect(throws: StorageError.self) {
            try await CurlClient().send(CurlRequest("PUT", server.url, body: .file(path: path, range: 0..<10)))
        }
        #expect(error?.subject == path)
    }

    /// 64 MiB that nobody takes: what is held of them stays small, and all of it comes.
    @Test func aSlowReceiverHoldsTheSenderBack() async throws {
        let size = 64 * 1024 * 1024
        let server = try server(Data(repeating: 7, count: size))
        defer { server.close() }
        // Long enough for a server that has to wait for a processor.
        let deadlines = CurlDeadlines(stalledSeconds: 5)
        let stream = try await CurlClient(deadlines: deadlines).open(
            CurlRequest("GET", server.url, deadlines: deadlines)
        )
        var received = 0
        var largest = 0
        while let piece = try await stream.next() {
            // Longer than the deadline for stalled transfers, once: waiting for the receiver is no stall.
            if received == 0 { try await Task.sleep(for: .seconds(7)) }
            received += piece.readableBytes
            largest = max(largest, piece.readableBytes)
        }
        #expect(received == size)
        #expect(largest <= CurlAnswer.maxHeldBytes + 64 * 1024)
    }

    @Test func whatEndsEarlyIsAnError() async throws {
        let server = try AnsweringServer { _ in AnsweringServer.answer(200, body: Data(repeating: 1, count: 100_000)) }
        defer { server.close() }
        let proxy = try FaultProxy(to: server.port)
        defer { proxy.close() }
        for fault in [FaultProxy.Fault.cutAnswer, .stall, .lengthen(10), .refuse] {
            proxy.arm(fault)
            let error = await #expect(throws: CurlError.self, "\(fault)") {
                try await CurlClient().send(
                    CurlRequest("GET", "http://127.0.0.1:\(proxy.port)/?secret=1", deadlines: quick)
                )
            }
            #expect(error?.isTransient == true, "\(fault)")
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test func totalAndConnectDeadlinesEnd() async throws {
        let server = try AnsweringServer { _ in
            Thread.sleep(forTimeInterval: 3)
            return nil
        }
        defer { server.close() }
        let deadlines = CurlDeadlines(totalSeconds: 1)
        await #expect(throws: CurlError.self) {
            try await CurlClient().send(CurlRequest("GET", server.url, deadlines: deadlines))
        }
        let refused = await #expect(throws: CurlError.self) { try await CurlClient().get("http://127.0.0.1:1/") }
        #expect(refused?.isBeforeSending == true)
    }

    @Test func cancellingTheTaskEndsTheTransfer() async throws {
        let arrived = AsyncStream.makeStream(of: Void.self)
        let server = try AnsweringServer { _ in
            arrived.continuation.yield()
            Thread.sleep(forTimeInterval: 30)
            return nil
        }
        defer { server.close() }
        let task = Task { try await CurlClient().get(server.url) }
        for await _ in arrived.stream { break }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(25))
    }

    @Test func aStreamThatNobodyReadsIsClosed() async throws {
        let server = try server(Data(repeating: 7, count: 16 * 1024 * 1024))
        defer { server.close() }
        for _ in 0..<20 {
            let stream = try await CurlClient().open(CurlRequest("GET", server.url))
            #expect(stream.status == 200)
            _ = try await stream.next()
        }
        #expect(try await CurlClient().get(server.url).body.count == 16 * 1024 * 1024)
    }

    @Test func manyTransfersRunAtOnce() async throws {
        let server = try server(Data(repeating: 3, count: 300_000))
        defer { server.close() }
        let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { try await CurlClient().get(server.url).body.count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sizes == Array(repeating: 300_000, count: 100))
    }

    @Test func aRefusalBeforeTheBodyIsAnAnswer() async throws {
        let server = try server()
        defer { server.close() }
        let proxy = try FaultProxy(to: server.port)
        defer { proxy.close() }
        proxy.arm(.status(503))
        let body = CurlBody.bytes(ByteBuffer(repeating: 1, count: 8 * 1024 * 1024))
        let answer = try await CurlClient().send(CurlRequest("PUT", "http://127.0.0.1:\(proxy.port)/", body: body))
        #expect(answer.status == 503)
        #expect(server.requests.isEmpty)
    }

    @Test func lineBreaksInHeadersAreRefused() async throws {
        await #expect(throws: CurlError.self) {
            try await CurlClient().send(CurlRequest("GET", "http://127.0.0.1:1/", headers: ["A": "b\r\nC: d"]))
        }
    }

    @Test func addressesInErrorsHaveNoSecrets() {
        let request = CurlRequest("GET", "https://user:password@host:1/path?X-Amz-Signature=1#f")
        #expect(request.publicURL == "https://host:1/path")
    }

    @Test func onlyHTTPIsSpoken() async throws {
        await #expect(throws: CurlError.self) { try await CurlClient().get("file:///etc/hostname") }
    }
}
