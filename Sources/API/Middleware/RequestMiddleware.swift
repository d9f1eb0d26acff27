import Domain
import HTTPTypes
import Hummingbird
import Logging

/// The first and the last that sees a request: its id, its log line, and an answer for whatever was thrown.
struct RequestMiddleware: RouterMiddleware {
    private static let maxIDLength = 64

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.requestID = Self.requestID(of: request)
        context.language = Language(acceptLanguage: request.headers[.acceptLanguage])
        var response = try await respond(to: request, context: context, next: next)
        response.headers[.xRequestID] = context.requestID
        if request.method == .head { response.body = ResponseBody() }
        log(request, response, context, duration: ContinuousClock.now - start)
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

    /// The gateway's, so that its log and ours can be laid side by side; else a new one.
    private static func requestID(of request: Request) -> String {
        if let id = request.headers[.xRequestID], (1...maxIDLength).contains(id.utf8.count),
            id.utf8.allSatisfy({
                Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber || $0 == 45
            })
        {
            return id
        }
        return String(UInt64.random(in: .min ... .max), radix: 16)
    }

    /// Without the query: tokens and passwords ride in it.
    private func log(_ request: Request, _ response: Response, _ context: APIContext, duration: Duration) {
        var metadata: Logger.Metadata = [
            "request.id": "\(context.requestID)",
            "http.method": "\(request.method)",
            "http.path": "\(request.uri.path)",
            "http.status": "\(response.status.code)",
            "http.duration_ms": "\((duration / .microseconds(100)).rounded() / 10)",
        ]
        if let code = context.outcome.code { metadata["error.code"] = "\(code.name)" }
        context.logger.info("request", metadata: metadata)
    }
}

extension Request {
    var isDouyin: Bool { uri.path == "/douyin" || uri.path.hasPrefix("/douyin/") }
}

extension HTTPField.Name {
    static let xRequestID: Self = {
        guard let name = Self("X-Request-Id") else { preconditionFailure("not the name of a header") }
        return name
    }()
}
