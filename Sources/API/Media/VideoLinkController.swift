import Database
import Domain
import HTTPTypes
import Hummingbird

/// `/v/{id}/…`: addresses that a creator can be given before the media exist, and that lead to them afterwards.
struct VideoLinkController {
    let videos: Videos
    let addresses: PublicAddresses
    let retrySeconds: Int

    func addRoutes(to router: Router<APIContext>) {
        for file in PublicAddresses.MediaFile.allCases {
            router.get("/v/:id/\(file.rawValue)") { _, context in
                try await redirect(to: file, id: context.parameters.get("id"))
            }
        }
    }

    private func redirect(to file: PublicAddresses.MediaFile, id text: String?) async throws -> Response {
        guard let id = text.flatMap(Int64.init).map(VideoID.init), let prefix = try await videos.location(of: id) else {
            // Whoever comes here is anonymous: one refusal for what is in the making, failed, held, hidden, removed or
            // was never there.
            throw APIError(
                .videoNotReady,
                "There is no such video, or it cannot be played yet. Ask again in a moment.",
                chinese: "视频不存在或尚未就绪，请稍后再试。",
                retryAfterSeconds: retrySeconds
            )
        }
        // The video may get better media, so the redirect is asked for again.
        return Response(
            status: .found,
            headers: [
                .location: addresses.media(file, of: id, prefix: prefix, .public), .cacheControl: "no-cache",
                .contentLength: "0",
            ]
        )
    }
}
