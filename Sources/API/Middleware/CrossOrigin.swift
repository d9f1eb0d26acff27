import HTTPTypes
import Hummingbird

/// Whose pages may use `/api/v1`, which a token authorises and no cookie.
struct CrossOrigin: Sendable {
    /// Origins, or `*`.
    let origins: [String]

    private static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    private static let requestHeaders =
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
    private static let responseHeaders = "Allow, ETag, Link, Location, Retry-After, X-Request-Id"

    /// Adds what browsers ask for; what a route has said itself stays, but not whom it lets in.
    func apply(to response: inout Response, of request: Request) {
        guard request.uri.path == "/api/v1" || request.uri.path.hasPrefix("/api/v1/") else { return }
        if !origins.contains("*") { response.headers[.vary] = "Origin" }
        let allowed = allowedOrigin(request.headers[.origin])
        response.headers[.accessControlAllowOrigin] = allowed
        guard allowed != nil else { return }
        response.headers.setIfAbsent(.accessControlExposeHeaders, Self.responseHeaders)
        guard request.method == .options else { return }
        response.headers.setIfAbsent(.accessControlAllowMethods, Self.methods)
        response.headers.setIfAbsent(.accessControlAllowHeaders, Self.requestHeaders)
        response.headers.setIfAbsent(.accessControlMaxAge, "86400")
    }

    private func allowedOrigin(_ origin: String?) -> String? {
        if origins.contains("*") { return "*" }
        return origin.flatMap { origins.contains($0) ? $0 : nil }
    }
}

extension HTTPFields {
    fileprivate mutating func setIfAbsent(_ name: HTTPField.Name, _ value: String) {
        if self[name] == nil { self[name] = value }
    }
}
