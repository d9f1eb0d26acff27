import HTTPTypes
import Hummingbird

/// Routes of which each answers one method, and says so to the others.
struct DouyinRoutes {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    let router: Router<APIContext>
    let limits: RateLimits

    private static let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete, .head, .options]

    /// Paths match with and without a final slash.
    func on(_ method: HTTPRequest.Method, _ path: RouterPath, _ group: LimitGroup, use handler: @escaping Handler) {
        router.on(path, method: method) { [limits] request, context in
            try limits.charge(request, context, for: group)
            return try await handler(request, context)
        }
        for other in Self.methods where other != method {
            router.on(path, method: other) { _, context in Self.refuse(context, allowed: method) }
        }
    }

    private static func refuse(_ context: APIContext, allowed method: HTTPRequest.Method) -> Response {
        let error = APIError(
            .wrongMethod,
            "This address answers \(method.rawValue) only.",
            chinese: "此地址只接受 \(method.rawValue) 请求。"
        )
        let refusal = context.refusal(for: error)
        var response = Response.douyin(refusal: refusal, status: .methodNotAllowed, language: context.language)
        response.headers[.allow] = method.rawValue
        return response
    }
}
