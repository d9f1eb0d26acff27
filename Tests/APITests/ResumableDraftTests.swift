import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import API

/// Requests as URLSession makes them: the upload begins as an ordinary one, and goes on if it breaks.
@Suite struct ResumableDraftTests {
    private static let file = Clip.make(size: 3_000_000)

    private func withDraft(_ test: @Sendable (TestAPI, _ token: String) async throws -> Void) async throws {
        try await withAPI(.ahc()) { (api) async throws in try await test(api, try await api.register("ada").token) }
    }

    private func head(_ method: String, _ path: String, _ token: String, _ version: Int, _ more: [String]) -> String {
        let common = [
            "\(method) \(path) HTTP/1.1", "Host: localhost", "Authorization: Bearer \(token)",
            "Upload-Draft-Interop-Version: \(version)", "Connection: close",
        ]
        return (common + more).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// The header that says whether a request is the last, in the words of that version.
    private func complete(_ isComplete: Bool, _ version: Int) -> String {
        version >= 5 ? "Upload-Complete: \(isComplete ? "?1" : "?0")" : "Upload-Incomplete: \(isComplete ? "?0" : "?1")"
    }

    private func value(_ name: String, in answer: String) -> String? {
        answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name.lowercased()):") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    @Test func lengthsBeyond64BitsAreRejected() async throws {
        try await withDraft { (api, token) async throws in
            let first = try await RawConnection(port: api.port)
            let begin = [complete(false, 6), "Content-Type: application/partial-upload", "Content-Length: 1000"]
            try await first.send(head("POST", "/api/v1/uploads?title=Edge", token, 6, begin))
            try await first.send(ByteBuffer(bytes: Self.file[..<1000]))
            let created = try await first.readToEnd()
            let location = try #require(value("Location", in: created))
            let last = [
                "Upload-Offset: 1000", complete(true, 6), "Content-Type: application/partial-upload",
                "Content-Length: \(Int64.max)",
            ]
            let second = try await RawConnection(port: api.port)
            try await second.send(head("PATCH", String(location.dropFirst(TestAPI.base.count)), token, 6, last))
            #expect(try await second.readToEnd().hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test(arguments: UploadDialect.draftVersions)
    func anUploadThatBreaksOffGoesOnWhereItWas(version: Int) async throws {
        try await withDraft { (api, token) async throws in
            let first = try await RawConnection(port: api.port)
            try await first.send(
                head(
                    "POST",
                    "/api/v1/uploads?title=First%20light",
                    token,
                    version,
                    [complete(true, version), "Content-Type: video/mp4", "Content-Length: \(Self.file.count)"]
                )
            )
            // Before a byte of the body.
            let early = try await first.read(until: "\r\n\r\n")
            #expect(early.hasPrefix("HTTP/1.1 104 Upload Resumption Supported\r\n"))
            #expect(value("Upload-Draft-Interop-Version", in: early) == "\(version)")
            let location = try #require(value("Location", in: early))
            #expect(location.hasPrefix("\(TestAPI.base)/api/v1/uploads/"))
            let path = String(location.dropFirst(TestAPI.base.count))
            try await first.send(ByteBuffer(bytes: Self.file[..<1_500_000]))
            try await eventually { !api.files.isEmpty }
            try await first.reset()

            let offset = try await offset(api, path, token, version)
            let rest = try await RawConnection(port: api.port)
            try await rest.send(
                head(
                    "PATCH",
                    path,
                    token,
                    version,
                    [
                        "Upload-Offset: \(offset)", complete(true, version), "Content-Type: application/partial-upload",
                        "Content-Length: \(Self.file.count - offset)",
                    ]
                )
            )
            try await rest.send(ByteBuffer(bytes: Self.file[offset...]))
            let answer = try await rest.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(value("Upload-Offset", in: answer) == "\(Self.file.count)")
            #expect(answer.contains(complete(true, version)))
            #expect(answer.contains(#""state":"finished""#))
            let id = try #require(try await api.pool.first("SELECT id FROM videos", as: Int.self))
            #expect(try Data(contentsOf: URL(filePath: "\(api.folder)/sources/\(id)/source")) == Data(Self.file))
            #expect(try await api.pool.first("SELECT title FROM videos", as: String.self) == "First light")
        }
    }

    private func offset(_ api: TestAPI, _ path: String, _ token: String, _ version: Int) async throws -> Int {
        let connection = try await RawConnection(port: api.port)
        try await connection.send(head("HEAD", path, token, version, []))
        let answer = try await connection.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 204"))
        #expect(value("Cache-Control", in: answer) == "no-store")
        #expect(answer.contains(complete(false, version)))
        let offset = try #require(value("Upload-Offset", in: answer).flatMap { Int($0) })
        #expect((0...1_500_000).contains(offset))
        return offset
    }

    private func send(
        _ api: TestAPI,
        _ token: String,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields,
        _ body: [UInt8]? = nil
    ) async throws -> (status: Int, headers: HTTPFields, code: String?) {
        var headers = headers
        headers[.authorization] = "Bearer \(token)"
        if headers[.uploadInteropVersion] == nil { headers[.uploadInteropVersion] = "6" }
        let response = try await api.send(method, path, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
        return (response.status.code, response.headers, response.code)
    }

    @Test func anUploadMayComeInPieces() async throws {
        try await withAPI { (api) async throws in
            let token = try await api.register("ada").token
            let created = try await send(
                api,
                token,
                .post,
                "/api/v1/uploads",
                [.uploadComplete: "?0", .contentDisposition: "attachment; filename=\"dawn.mp4\""],
                Array(Clip.bytes[..<10_000])
            )
            #expect(created.status == 201)
            #expect(created.headers[.uploadComplete] == "?0" && created.headers[.uploadOffset] == "10000")
            let location = try #require(created.headers[.location])
            let path = String(location.dropFirst(TestAPI.base.count))
            let patch: HTTPFields = [.contentType: "application/partial-upload", .uploadComplete: "?0"]
            var fields = patch
            fields[.uploadOffset] = "9999"
            let conflict = try await send(api, token, .patch, path, fields, [1])
            #expect(conflict.status == 409 && conflict.headers[.uploadOffset] == "10000")
            #expect(conflict.headers[.uploadComplete] == "?0")
            fields[.uploadOffset] = "10000"
            let middle = try await send(api, token, .patch, path, fields, Array(Clip.bytes[10_000..<60_000]))
            #expect(middle.status == 201 && middle.headers[.uploadOffset] == "60000")
            fields[.uploadOffset] = "60000"
            fields[.uploadComplete] = "?1"
            let last = try await send(api, token, .patch, path, fields, Array(Clip.bytes[60_000...]))
            #expect(last.status == 200 && last.headers[.uploadComplete] == "?1")
            #expect(try await api.pool.first("SELECT title FROM videos", as: String.self) == "dawn")
            let after = try await send(api, token, .head, path, [:])
            #expect(after.status == 204 && after.headers[.uploadComplete] == "?1")
        }
    }

    @Test func whatDoesNotFitTheDraftIsRefused() async throws {
        try await withAPI { (api) async throws in
            let token = try await api.register("ada").token
            let address = "/api/v1/uploads?title=a"
            #expect(try await send(api, token, .post, address, [:], Clip.bytes).code == "missing_parameter")
            let old = try await send(api, token, .post, address, [.uploadInteropVersion: "2", .uploadComplete: "?1"])
            #expect(old.status == 412)
            let uneven: HTTPFields = [.uploadComplete: "?1", .uploadLength: "5"]
            #expect(try await send(api, token, .post, address, uneven, Clip.bytes).status == 400)
            let begun = try await send(api, token, .post, address, [.uploadComplete: "?0"], Array(Clip.bytes[..<10]))
            let path = String(try #require(begun.headers[.location]).dropFirst(TestAPI.base.count))
            let typeless: HTTPFields = [.uploadOffset: "10", .contentType: "video/mp4"]
            #expect(try await send(api, token, .patch, path, typeless, [1]).status == 415)
            #expect(try await send(api, token, .delete, path, [:]).status == 204)
            #expect(try await send(api, token, .head, path, [:]).status == 410)
            let limit = try await send(api, token, .options, "/api/v1/uploads", [:]).headers[.uploadLimit]
            #expect(limit == "max-size=\(4 << 30)")
        }
    }
}
