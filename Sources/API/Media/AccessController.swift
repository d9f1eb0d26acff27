import Database
import Domain
import HTTPTypes
import Hummingbird

/// `/internal/…`: what the gateway asks before it serves media.
///
/// The gateway keeps each response for some seconds, and passes no client's request on to these routes. Without a gateway
/// they tell what the addresses of the media themselves would.
struct AccessController {
    let videos: Videos
    let privateLinks: PrivateLinks

    func addRoutes(to router: Router<APIContext>) {
        router.get("/internal/videos/:id/access", use: checkPublic)
        router.get("/internal/media/private/**", use: checkSigned)
    }

    @Sendable private func checkPublic(_ request: Request, context: APIContext) async throws -> Response {
        let media = context.parameters.get("id").flatMap(Int64.init).map(VideoID.init)
        guard let media, try await videos.hasPublicMedia(media) else { return Response(status: .forbidden) }
        return Response(status: .noContent)
    }

    /// The path is that of a signed address behind `/internal`: its signature is checked here as well, so that nobody
    /// learns without one which videos there are.
    @Sendable private func checkSigned(_ request: Request, context: APIContext) async throws -> Response {
        let path = String(request.uri.path.dropFirst("/internal/media/".count))
        guard let address = privateLinks.address(at: path), try await videos.hasPrivateMedia(address.media) else {
            return Response(status: .forbidden)
        }
        return Response(status: .noContent)
    }
}
