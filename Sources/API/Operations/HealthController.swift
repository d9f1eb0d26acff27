import Database
import Domain
import Hummingbird
import Logging
import ObjectStorage

/// What orchestrators ask.
struct HealthController {
    let database: DatabaseHealth
    let store: any ObjectStore
    let revoked: RevokedTokens

    func addRoutes(to router: Router<APIContext>) {
        router.get("/healthz", use: live)
        router.get("/readyz", use: ready)
    }

    struct Health: Encodable { let status: String }

    /// The process is up.
    @Sendable func live(_ request: Request, context: APIContext) async throws -> Response {
        Response(status: .ok, json: try JSON.encode(Health(status: "ok")))
    }

    /// Requests can be worked on: the database answers, the store takes files, and revoked tokens are known.
    @Sendable func ready(_ request: Request, context: APIContext) async throws -> Response {
        do {
            try await database.check()
        } catch {
            throw notReady(Phrase("The database does not answer.", chinese: "数据库没有响应。"), error, context)
        }
        do {
            try await store.checkAccess()
        } catch {
            throw notReady(Phrase("The object store cannot be written to.", chinese: "对象存储不可写。"), error, context)
        }
        guard revoked.isLoaded else { throw APIError.unavailable }
        return Response(status: .ok, json: try JSON.encode(Health(status: "ready")))
    }

    private func notReady(_ message: Phrase, _ error: any Error, _ context: APIContext) -> APIError {
        context.logger.warning(
            "not ready",
            metadata: ["reason": "\(message)", "error": "\(error)", "request.id": "\(context.requestID)"]
        )
        return APIError(.unavailable, message, retryAfterSeconds: 5)
    }
}
