import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a route answers besides its status.
protocol DouyinAnswer: Sendable {
    /// What stands there when the route refuses: clients expect every field.
    static var empty: Self { get }

    /// Writes its fields beside `status_code` and `status_msg`.
    func write(to json: inout JSONWriter)
}

extension DouyinAnswer {
    /// With its status, in one flat object.
    func encoded(code: Int = 0, message: String) -> ByteBuffer {
        JSONWriter.object { json in
            json.member("status_code", Int64(code))
            json.member("status_msg", message)
            write(to: &json)
        }
    }
}

/// For routes that answer their status only.
struct NoAnswer: DouyinAnswer {
    static let empty = NoAnswer()

    func write(to json: inout JSONWriter) {}
}

extension Phrase {
    static let success = Phrase("success", chinese: "成功")
}

extension Response {
    /// A refusal; application errors are HTTP 200, except that a client is to slow down.
    static func douyin(
        refusal error: APIError,
        status: HTTPResponse.Status? = nil,
        language: Language,
        answer: some DouyinAnswer = NoAnswer.empty
    ) -> Response {
        let body = answer.encoded(code: error.code.rawValue, message: error.message(in: language))
        var response = Response(status: status ?? (error.code.isRateLimit ? .tooManyRequests : .ok), json: body)
        response.addHeaders(of: error)
        return response
    }
}

extension APIContext {
    /// Answers with what `body` returns, or refuses in the same shape with what it throws.
    func answer<Answer: DouyinAnswer>(_ body: () async throws -> Answer) async -> Response {
        do {
            let answer = try await body()
            let message = outcome.notice ?? .success
            return Response(status: .ok, json: answer.encoded(message: message(in: language)))
        } catch {
            return .douyin(refusal: refusal(for: error), language: language, answer: Answer.empty)
        }
    }

    /// What the client is told; what it is not told goes to the log.
    func refusal(for error: any Error) -> APIError {
        let refusal = APIError(error, requestID: requestID)
        outcome.code = refusal.code
        let metadata: Logger.Metadata = ["error": "\(error)", "request.id": "\(requestID)"]
        if refusal.code == .internalError {
            logger.error("a request failed", metadata: metadata)
        } else if !(error is APIError) {
            logger.warning("a request was refused", metadata: metadata)
        }
        return refusal
    }
}
