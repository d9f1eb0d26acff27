import Database
import Domain
import HTTPTypes
import Hummingbird

/// `/api/v1/videos/{id}`: one video, how far it is, where everything of it is, and its end.
struct VideoController {
    let videos: Videos
    let gate: Gate
    let addresses: PublicAddresses

    func addRoutes(to router: Router<APIContext>) {
        router.get("/api/v1/videos/:id", use: show)
        router.delete("/api/v1/videos/:id", use: remove)
    }

    /// Everyone sees public videos; authors also those that are not ready, with progress and reasons.
    @Sendable private func show(_ request: Request, context: APIContext) async throws -> Response {
        try gate.limits.charge(request, context, for: .read)
        let caller = try await gate.caller(DouyinParameters(queryOf: request), for: .read)
        guard var status = try await status(context, viewer: caller) else { throw Self.unknown }
        if caller != status.authorID { status.failure = nil }
        let progress = caller == status.authorID ? try await videos.progress(of: status.id) : nil
        return Response(status: .ok, json: try JSON.encode(VideoDocument(status, progress, addresses)))
    }

    /// Takes down a video of the caller's: nobody finds it any more, and a worker deletes everything of it.
    @Sendable private func remove(_ request: Request, context: APIContext) async throws -> Response {
        try gate.limits.charge(request, context, for: .write)
        let caller = try await gate.requireCaller(DouyinParameters(queryOf: request), for: .write)
        guard let status = try await status(context, viewer: caller) else { throw Self.unknown }
        guard status.authorID == caller else {
            throw APIError(
                .notAllowed,
                "This video is somebody else's. Only who published it can remove it.",
                chinese: "只能删除自己发布的视频。"
            )
        }
        guard try await videos.remove(status.id, by: caller) else { throw Self.unknown }
        return Response(status: .noContent)
    }

    private func status(_ context: APIContext, viewer: UserID?) async throws -> VideoStatus? {
        guard let id = context.parameters.get("id").flatMap(Int64.init).map(VideoID.init) else { return nil }
        return try await videos.status(of: id, viewer: viewer)
    }

    private static var unknown: APIError {
        APIError(.unknownVideo, "There is no such video.", chinese: "视频不存在。")
    }
}
