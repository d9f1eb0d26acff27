import Domain
import HTTPTypes
import Hummingbird
import Logging

/// The first and the last that sees a request: its id, its log line, and an answer for whatever was thrown.
struct RequestMiddleware: RouterMiddleware {
    let routes: RouteTable
    let crossOrigin: CrossOrigin

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
        response.headers.addSecurity()
        crossOrigin.apply(to: &response, of: request)
        if request.method == .head {
            // Of the body that GET would have had, which an empty one would overwrite.
            let length = response.headers[.contentLength]
            response.body = ResponseBody()
            response.headers[.contentLength] = length
        }
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
        } catch let error as HTTPError where error.status == .notFound {
            return try unanswered(request, context)
        } catch {
            return try Self.refuse(error, request, context)
        }
    }

    private static func refuse(_ error: any Error, _ request: Request, _ context: APIContext) throws -> Response {
        let refusal = context.refusal(for: error)
        guard request.isDouyin else { return try .problem(refusal, context) }
        return .douyin(refusal: refusal, status: refusal.code.status, language: context.language)
    }

    /// For what no route has answered: an address that is none, or one with other methods (RFC 9110, 15.5.6).
    private func unanswered(_ request: Request, _ context: APIContext) throws -> Response {
        let allowed = routes.methods(of: request.uri.path).map(\.rawValue).joined(separator: ", ")
        if allowed.isEmpty {
            let path = request.uri.path.prefix(200)
            let error = APIError(.unknownRoute, "There is nothing at \(path).", chinese: "\(path) 不存在。")
            return try Self.refuse(error, request, context)
        }
        guard request.method != .options else { return Response(status: .noContent, headers: [.allow: allowed]) }
        let error = APIError(
            .wrongMethod,
            "This address answers \(allowed) only.",
            chinese: "此地址只接受 \(allowed) 请求。"
        )
        var response = try Self.refuse(error, request, context)
        response.headers[.allow] = allowed
        return response
    }
}

extension Request {
    var isDouyin: Bool { uri.path == "/douyin" || uri.path.hasPrefix("/douyin/") }
}
