import Database
import Domain
import HTTPTypes
import Hummingbird

/// `/api/v1/videos/{id}`: one video, how far it is, and where everything of it is.
struct VideoController {
    let videos: Videos
    let gate: Gate
    let addresses: PublicAddresses

    func addRoutes(to router: Router<APIContext>) { router.get("/api/v1/videos/:id", use: show) }

    /// Everyone sees public videos; authors also those that are not ready, with progress and reasons.
    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        try gate.limits.charge(request, context, for: .read)
        let caller = try await gate.caller(DouyinParameters(queryOf: request), for: .read)
        let id = context.parameters.get("id").flatMap(Int64.init).map(VideoID.init)
        guard let id, let status = try await videos.status(of: id, viewer: caller) else {
            throw APIError(.unknownVideo, "There is no such video.", chinese: "视频不存在。")
        }
        let progress = caller == status.authorID ? try await videos.progress(of: id) : nil
        return Response(status: .ok, json: try JSON.encode(VideoDocument(status, progress, addresses)))
    }
}
