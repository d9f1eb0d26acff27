import HTTPTypes
import Hummingbird

/// Routes of which each answers one method, and says so to the others.
struct DouyinRoutes {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    let router: Router<APIContext>

    /// Paths match with and without a final slash.
    func on(_ method: HTTPRequest.Method, _ path: RouterPath, use handler: @escaping Handler) {
        router.on(path, method: method, use: handler)
        for other in [.get, .post, .put, .patch, .delete, .head, .options] as [HTTPRequest.Method] where other != method
        {
            router.on(path, method: other) { _, context in
                let error = APIError(.wrongMethod, "This address answers \(method.rawValue) only.")
                var response = try Response.douyin(refusal: context.refusal(for: error), status: .methodNotAllowed)
                response.headers[.allow] = method.rawValue
                return response
            }
        }
    }
}
