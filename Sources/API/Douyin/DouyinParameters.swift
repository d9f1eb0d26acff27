import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// The parameters of a request: from its body, urlencoded or JSON, from its query, or both, where the query wins.
struct DouyinParameters {
    private static let maxBodyBytes = 64 * 1024

    private let values: [String: String]
    private let bearer: String?

    init(_ request: Request) async throws(APIError) {
        let query = try FormCoding.decode((request.uri.query ?? "").utf8)
        let body = request.headers.announceBody ? try await Self.readBody(of: request) : [:]
        values = body.isEmpty ? query : body.merging(query) { body, query in query.isEmpty ? body : query }
        bearer = Self.bearer(of: request.headers)
    }

    /// What stands in the query alone, for a request whose body is a file.
    init(queryOf request: Request) throws(APIError) {
        try self.init(query: request.uri.query ?? "", headers: request.headers)
    }

    init(query: String, headers: HTTPFields) throws(APIError) {
        values = try FormCoding.decode(query.utf8)
        bearer = Self.bearer(of: headers)
    }

    subscript(name: String) -> String? { values[name] }

    /// The token, also from the header `Authorization: Bearer`; empty means none.
    var token: String? { [values["token"], bearer].lazy.compactMap(\.self).first { !$0.isEmpty } }

    func require(_ name: String) throws(APIError) -> String {
        guard let value = values[name] else { throw .missing(name) }
        return value
    }

    /// A whole number; `nil` when it is absent or empty.
    func integer(_ name: String) throws(APIError) -> Int64? {
        guard let text = values[name], !text.isEmpty else { return nil }
        guard let number = LenientInteger.parse(text) else {
            throw .invalid(name, text, expected: Phrase("a whole number", chinese: "整数"))
        }
        return number
    }

    func requireInteger(_ name: String) throws(APIError) -> Int64 {
        guard let number = try integer(name) else { throw .missing(name) }
        return number
    }

    /// What `action_type` says.
    enum Action { case first, second }

    /// `action_type`: 1 does something, 2 takes it back.
    func requireAction() throws(APIError) -> Action {
        switch try requireInteger("action_type") {
        case 1: return .first
        case 2: return .second
        default:
            throw .invalid("action_type", values["action_type"] ?? "", expected: Phrase("1 or 2", chinese: " 1 或 2"))
        }
    }

    /// `action_type` where there is only one action.
    func requireFirstAction() throws(APIError) {
        guard try requireInteger("action_type") == 1 else {
            throw .invalid("action_type", values["action_type"] ?? "", expected: Phrase("1", chinese: " 1"))
        }
    }

    /// Even a GET may come with one.
    ///
    /// A body of another type is nobody's parameters.
    private static func readBody(of request: Request) async throws(APIError) -> [String: String] {
        let type = request.headers[.contentType] ?? "application/x-www-form-urlencoded"
        let isJSON = type.lowercased().hasPrefix("application/json")
        guard isJSON || type.lowercased().hasPrefix("application/x-www-form-urlencoded") else { return [:] }
        var form = ByteBuffer()
        let memory = BodyMemory.Share()
        do {
            for try await part in request.body {
                try memory.take(part.readableBytes)
                form.writeImmutableBuffer(part)
                guard form.readableBytes <= maxBodyBytes else { break }
            }
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(
                .incompleteUpload,
                "The request ended too early. Send it again.",
                chinese: "请求提前结束，请重新发送。"
            ).closingConnection
        }
        guard form.readableBytes <= maxBodyBytes else {
            throw APIError(
                .requestTooLarge,
                "The parameters must not be longer than \(maxBodyBytes / 1024) KiB.",
                chinese: "参数不能超过 \(maxBodyBytes / 1024) KiB。"
            ).closingConnection
        }
        return isJSON ? try FormCoding.decodeJSON(form) : try FormCoding.decode(form.readableBytesView)
    }

    private static func bearer(of headers: HTTPFields) -> String? {
        guard let header = headers[.authorization], header.lowercased().hasPrefix("bearer ") else { return nil }
        return header.dropFirst("bearer ".count).trimmingSpace
    }
}

extension HTTPFields {
    /// Whether bytes follow the head (RFC 9112, 6.3).
    var announceBody: Bool { self[.transferEncoding] != nil || self[.contentLength].map { $0 != "0" } ?? false }
}
