import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// What a route answers besides its status.
protocol DouyinAnswer: Encodable, Sendable {
    /// What stands there when the route refuses: clients expect every field.
    static var empty: Self { get }
}

/// For routes that answer their status only.
struct NoAnswer: DouyinAnswer {
    static let empty = NoAnswer()
}

/// An answer and its status in one flat object.
struct DouyinEnvelope<Answer: DouyinAnswer>: Encodable {
    let statusCode: Int
    let statusMessage: String
    let answer: Answer

    private enum CodingKeys: String, CodingKey {
        case statusCode = "status_code"
        case statusMessage = "status_msg"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(statusCode, forKey: .statusCode)
        try container.encode(statusMessage, forKey: .statusMessage)
        try answer.encode(to: encoder)
    }
}

extension Response {
    static func douyin(_ answer: some DouyinAnswer) throws -> Response {
        let envelope = DouyinEnvelope(statusCode: 0, statusMessage: "success", answer: answer)
        return Response(status: .ok, json: try JSON.encode(envelope))
    }

    /// A refusal; application errors are HTTP 200.
    static func douyin(
        refusal error: APIError,
        status: HTTPResponse.Status = .ok,
        answer: some DouyinAnswer = NoAnswer.empty
    ) throws -> Response {
        let envelope = DouyinEnvelope(statusCode: error.code.rawValue, statusMessage: error.message, answer: answer)
        var response = Response(status: status, json: try JSON.encode(envelope))
        response.addHeaders(of: error)
        return response
    }
}

extension APIContext {
    /// Answers with what `body` returns, or refuses in the same shape with what it throws.
    func answer<Answer: DouyinAnswer>(_ body: () async throws -> Answer) async throws -> Response {
        do {
            return try .douyin(await body())
        } catch {
            return try .douyin(refusal: refusal(for: error), answer: Answer.empty)
        }
    }

    /// What the client is told; what it is not told goes to the log.
    func refusal(for error: any Error) -> APIError {
        let refusal = APIError(error, requestID: requestID)
        outcome.code = refusal.code
        if refusal.code == .internalError {
            logger.error("a request failed", metadata: ["error": "\(error)"])
        } else if !(error is APIError) {
            logger.warning("a request was refused", metadata: ["error": "\(error)"])
        }
        return refusal
    }
}
