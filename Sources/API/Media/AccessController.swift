import Database
import Domain
import HTTPTypes
import Hummingbird

/// `/internal/videos/{id}/access`: what the gateway asks before it serves media at a public address.
///
/// The gateway keeps the answer for some seconds, and tells nobody else of these routes.
struct AccessController {
    let videos: Videos

    func addRoutes(to router: Router<APIContext>) { router.get("/internal/videos/:id/access", use: check) }

    @Sendable private func check(_ request: Request, context: APIContext) async throws -> Response {
        let id = context.parameters.get("id").flatMap(Int64.init).map(VideoID.init)
        guard let id, try await videos.isVisible(id, to: nil) else { return Response(status: .forbidden) }
        return Response(status: .noContent)
    }
}
