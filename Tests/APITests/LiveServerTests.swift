import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import API

/// What only real sockets show.
@Suite struct LiveServerTests {
    private func head(_ api: TestAPI, _ form: MultipartForm, length: Int, extra: String = "") -> String {
        "POST /douyin/publish/action/ HTTP/1.1\r\nHost: localhost:\(api.port)\r\n\(extra)"
            + "Content-Type: \(form.contentType)\r\nContent-Length: \(length)\r\n\r\n"
    }

    /// With the token first the file goes to the store as it comes.
    private func form(token: String, isTokenFirst: Bool = false, file: [UInt8] = Clip.bytes) -> MultipartForm {
        var form = MultipartForm()
        if isTokenFirst { form.add("token", Array(token.utf8)) }
        form.add("data", filename: "../public/bear.mp4", file)
        if !isTokenFirst { form.add("token", Array(token.utf8)) }
        form.add("title", Array("A title".utf8))
        return form
    }

    /// Cut off in the middle, by the end of the stream and by a reset.
    @Test(arguments: [false, true]) func anUploadThatIsCutOffLeavesNothing(isReset: Bool) async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let ada = try await api.register("ada")
            let form = form(token: ada.token, isTokenFirst: true, file: Clip.make(size: 5_000_000))
            let connection = try await RawConnection(port: api.port)
            try await connection.send(head(api, form, length: form.body.readableBytes))
            var half = form.body
            try await connection.send(half.readSlice(length: 3_000_000) ?? half)
            // The server has begun to store it before the connection breaks.
            try await eventually { !api.files.isEmpty }
            if isReset { try await connection.reset() } else { try await connection.close() }
            try await eventually { api.files.isEmpty }
            #expect(try await api.get("/douyin/publish/list/?token=\(ada.token)").videos.isEmpty)
        }
    }

    @Test func anUploadThatStallsIsGivenUp() async throws {
        try await withAPI(.ahc(), configure: { $0.idleTimeout = .seconds(3) }) { (api) async throws in
            let form = form(token: try await api.register("ada").token, isTokenFirst: true)
            let connection = try await RawConnection(port: api.port)
            try await connection.send(head(api, form, length: form.body.readableBytes))
            var part = form.body
            try await connection.send(part.readSlice(length: 50_000) ?? part)
            try await eventually { !api.files.isEmpty }
            // On a busy machine the server may have hung up before this begins to read.
            _ = try? await connection.readToEnd()
            try await eventually { api.files.isEmpty }
        }
    }

    @Test func aClientThatAsksFirstIsToldToGoOn() async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let ada = try await api.register("ada")
            let form = form(token: ada.token)
            let connection = try await RawConnection(port: api.port)
            let expect = "Expect: 100-continue\r\nConnection: close\r\n"
            try await connection.send(head(api, form, length: form.body.readableBytes, extra: expect))
            let go = try await connection.read(until: "\r\n\r\n")
            #expect(go.hasPrefix("HTTP/1.1 100"))
            try await connection.send(form.body)
            let answer = try await connection.readToEnd()
            #expect(answer.contains("HTTP/1.1 200") && answer.contains("\"status_code\":0"))
        }
    }

    @Test func aClientThatAsksWithTooMuchIsRefusedInsteadOfTold() async throws {
        try await withAPI(.ahc(), configure: { $0.uploadMaxBytes = 1000 }) { (api) async throws in
            let connection = try await RawConnection(port: api.port)
            let head = head(api, form(token: ""), length: 1 << 40, extra: "Expect: 100-continue\r\n")
            try await connection.send(head)
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("41302") && answer.contains("1000 bytes"))
        }
    }

    /// The refusal arrives while most of the file has not been sent, and arrives at all although the client goes on.
    @Test(arguments: ["text", "token", "size"]) func aRefusalDoesNotWaitForTheRest(reason: String) async throws {
        try await withAPI(.ahc(), configure: { $0.uploadMaxBytes = 50_000_000 }) { (api) async throws in
            var form = MultipartForm()
            if reason == "token" { form.add("token", Array("wrong".utf8)) }
            let file =
                reason == "text" ? [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000) : Clip.make(size: 1_000_000)
            form.add("data", filename: "a.mp4", file)
            let connection = try await RawConnection(port: api.port)
            let length = reason == "size" ? 60_000_000_000 : 40_000_000
            try await connection.send(head(api, form, length: length))
            // The refusal may have come already.
            try? await connection.send(form.truncated)
            let answer = try await connection.readToEnd()
            let code = ["text": "40008", "token": "40102", "size": "41302"][reason] ?? "?"
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains(code), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"))
            #expect(api.files.isEmpty)
        }
    }

    @Test func aConnectionServesManyUploads() async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let ada = try await api.register("ada")
            let connection = try await RawConnection(port: api.port)
            for number in 1...5 {
                let form = form(token: ada.token, file: Clip.make(size: 100_000 + number))
                try await connection.send(head(api, form, length: form.body.readableBytes))
                try await connection.send(form.body)
                #expect(try await connection.read(until: "}").contains("\"status_code\":0"))
            }
            #expect(api.files.count == 5)
        }
    }

    @Test(arguments: ["/healthz", "/douyin/feed/"]) func aRequestWithoutHostIsBad(path: String) async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let connection = try await RawConnection(port: api.port)
            try await connection.send("GET \(path) HTTP/1.1\r\nConnection: close\r\n\r\n")
            #expect(try await connection.readToEnd().hasPrefix("HTTP/1.1 400"))
        }
    }

    /// Sends the form in pieces whose sum is not announced.
    private func publishInChunks(_ api: TestAPI, token: String) async throws -> String {
        var body = form(token: token).body
        let connection = try await RawConnection(port: api.port)
        try await connection.send(
            "POST /douyin/publish/action HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
                + "Content-Type: \(MultipartForm().contentType)\r\n\r\n"
        )
        while let chunk = body.readSlice(length: min(body.readableBytes, 7001)), chunk.readableBytes > 0 {
            try await connection.send("\(String(chunk.readableBytes, radix: 16))\r\n")
            try await connection.send(chunk)
            try await connection.send("\r\n")
        }
        try await connection.send("0\r\n\r\n")
        return try await connection.readToEnd()
    }

    @Test func aChunkedUploadNeedsNoLength() async throws {
        try await withAPI(.ahc()) { (api) async throws in
            let answer = try await publishInChunks(api, token: try await api.register("ada").token)
            #expect(answer.contains("\"status_code\":0"))
            #expect(api.files.count == 1)
        }
    }

    @Test func aChunkedUploadCountsForTheQuotaAllTheSame() async throws {
        let quota = UploadQuota(bytesPerDay: Int64(Clip.bytes.count) - 1)
        try await withAPI(.ahc(), configure: { $0.uploadQuota = quota }) { (api) async throws in
            let answer = try await publishInChunks(api, token: try await api.register("ada").token)
            #expect(answer.hasPrefix("HTTP/1.1 429") && answer.contains("42903"))
            #expect(api.files.isEmpty)
        }
    }
}
