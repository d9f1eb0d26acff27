import Domain
import HTTPTypes
import Hummingbird
import Logging

/// The first and the last that sees a request: its id, its log line, and an answer for whatever was thrown.
struct RequestMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.requestID = RequestLog.requestID(of: request.headers)
        context.language = Language(acceptLanguage: request.headers[.acceptLanguage])
        var response = try await respond(to: request, context: context, next: next)
        response.headers[.xRequestID] = context.requestID
        if request.method == .head { response.body = ResponseBody() }
        RequestLog(logger: context.logger).write(
            request.method,
            path: request.uri.path,
            status: response.status,
            requestID: context.requestID,
            refusal: context.outcome.code,
            since: start
        )
        return response
    }

    private func respond(
        to request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            // RFC 9112, 3.2. Without it nobody knows which server was meant.
            guard request.head.authority?.isEmpty == false else {
                throw APIError(.missingHost, "The request has no Host header.", chinese: "请求缺少 Host 头。")
            }
            return try await next(request, context)
        } catch {
            let refusal = context.refusal(for: Self.asAPIError(error, request))
            guard request.isDouyin else { return try .problem(refusal, context) }
            return .douyin(refusal: refusal, status: refusal.code.status, language: context.language)
        }
    }

    private static func asAPIError(_ error: any Error, _ request: Request) -> any Error {
        guard let error = error as? HTTPError, error.status == .notFound else { return error }
        let path = request.uri.path.prefix(200)
        return APIError(.unknownRoute, "There is nothing at \(path).", chinese: "\(path) 不存在。")
    }
}

extension Request {
    var isDouyin: Bool { uri.path == "/douyin" || uri.path.hasPrefix("/douyin/") }
}
