import Domain
import Foundation
import HTTPTypes
import Hummingbird

/// An error as RFC 9457 wants it.
struct ProblemDocument: Encodable {
    let title: String
    let status: Int
    let detail: String
    /// A stable name, for programs.
    let code: String
    /// The request that it happened to.
    let instance: String

    init(_ error: APIError, language: Language, requestID: String) {
        title = error.code.status.reasonPhrase
        status = error.code.status.code
        detail = error.message(in: language)
        code = error.code.name
        instance = "urn:request:\(requestID)"
    }
}

extension Response {
    /// The answer to whoever does not speak `/douyin/`.
    static func problem(_ error: APIError, _ context: APIContext) throws -> Response {
        let body = try JSON.encode(
            ProblemDocument(error, language: context.language, requestID: context.requestID)
        )
        var response = Response(status: error.code.status, json: body, type: "application/problem+json")
        response.addHeaders(of: error)
        return response
    }

    init(status: HTTPResponse.Status, json: ByteBuffer, type: String = "application/json; charset=utf-8") {
        self.init(
            status: status,
            headers: [.contentType: type, .contentLength: "\(json.readableBytes)", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: json)
        )
    }

    mutating func addHeaders(of error: APIError) {
        if let seconds = error.retryAfterSeconds { headers[.retryAfter] = "\(seconds)" }
        if error.closesConnection { headers[.connection] = "close" }
    }
}

extension Response {
    /// The answer to a request whose body stopped, sent by the connection itself: the route still waits for the rest.
    static func late(path: String) -> (head: HTTPResponse, body: ByteBuffer) {
        let error = APIError.late
        let id = RequestLog.requestID(of: [:])
        let isDouyin = path.hasPrefix("/douyin/")
        let problem = try? JSON.encode(ProblemDocument(error, language: .english, requestID: id))
        let answer = NoAnswer.empty.encoded(code: error.code.rawValue, message: error.message(in: .english))
        let body = isDouyin ? answer : problem ?? answer
        var head = HTTPResponse(status: error.code.status)
        head.headerFields = [
            .contentType: isDouyin ? "application/json" : "application/problem+json", .cacheControl: "no-store",
            .contentLength: "\(body.readableBytes)", .connection: "close", .xRequestID: id,
        ]
        head.headerFields.addSecurity()
        return (head, body)
    }
}

enum JSON {
    static func encode(_ value: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return ByteBuffer(bytes: try encoder.encode(value))
    }
}
