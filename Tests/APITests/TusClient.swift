import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore

@testable import API

/// The requests of a tus client, as they go over the wire.
struct TusClient: Sendable {
    let api: TestAPI
    let token: String

    static let offsetStream = "application/offset+octet-stream"

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: [UInt8]? = nil
    ) async throws -> TestResponse {
        var headers = headers
        if headers[.tusResumable] == nil { headers[.tusResumable] = "1.0.0" }
        headers[.authorization] = "Bearer \(token)"
        return try await api.send(method, path, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
    }

    /// Begins an upload and returns its address.
    func create(length: Int?, title: String? = "A title", _ more: HTTPFields = [:]) async throws -> String {
        let response = try await send(.post, "/api/v1/uploads", Self.creation(length: length, title: title, more))
        guard response.status == .created, let location = response.headers[.location] else {
            throw Unexpected(response)
        }
        return location
    }

    static func creation(length: Int?, title: String?, _ more: HTTPFields = [:]) -> HTTPFields {
        var headers = more
        if let length { headers[.uploadLength] = "\(length)" } else { headers[.uploadDeferLength] = "1" }
        if let title { headers[.uploadMetadata] = metadata([("title", title)]) }
        return headers
    }

    static func metadata(_ pairs: [(String, String)]) -> String {
        pairs.map { "\($0) \(Data($1.utf8).base64EncodedString())" }.joined(separator: ",")
    }

    func patch(
        _ address: String,
        at offset: Int,
        _ bytes: some Sequence<UInt8>,
        _ more: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = more
        headers[.uploadOffset] = "\(offset)"
        if headers[.contentType] == nil { headers[.contentType] = Self.offsetStream }
        return try await send(.patch, address, headers, body: Array(bytes))
    }

    func offset(of address: String) async throws -> Int? {
        try await send(.head, address).headers[.uploadOffset].flatMap { Int($0) }
    }

    /// What an upload is, as JSON.
    func document(_ address: String) async throws -> [String: Any] {
        try await send(.get, address).json
    }

    struct Unexpected: Error {
        let description: String
        init(_ response: TestResponse) { description = "\(response.status) \(String(buffer: response.body))" }
    }
}

extension TestResponse {
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.readableBytesView))) as? [String: Any] ?? [:]
    }

    /// The stable name of a refusal.
    var code: String? { json["code"] as? String }
}
