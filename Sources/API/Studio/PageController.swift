import Database
import Domain
import Hummingbird

/// Lists under `/api/v1`, a page at a time.
struct PageController {
    let videos: Videos
    let comments: Comments
    let gate: Gate
    let addresses: PublicAddresses

    func addVideoRoutes(to router: Router<APIContext>) {
        router.get("/api/v1/videos/:id/comments", use: listComments)
    }

    func addOwnRoutes(to router: Router<APIContext>) { router.get("/api/v1/me/videos", use: listOwnVideos) }

    /// A video's comments, newest first.
    @Sendable private func listComments(_ request: Request, context: APIContext) async throws -> Response {
        try gate.limits.charge(request, context, for: .read)
        let parameters = try DouyinParameters(queryOf: request)
        let caller = try await gate.caller(parameters, for: .read)
        let page = try PageRequest(parameters)
        guard let id = context.parameters.get("id").flatMap(Int64.init).map(VideoID.init),
            try await videos.isVisible(id, to: caller)
        else { throw APIError(.unknownVideo, "There is no such video.", chinese: "视频不存在。") }
        let before = page.cursor.map(CommentID.init(rawValue:))
        let list = try await comments.list(of: id, viewer: caller, before: before, limit: page.limit + 1)
        return page.response(list, id: \.id.rawValue) { json, comment in
            let answer = CommentController.CommentAnswer(comment: comment, addresses: addresses)
            json.object { answer.writeMembers(to: &$0) }
        }
    }

    /// The caller's own videos, newest first, whatever their state.
    @Sendable private func listOwnVideos(_ request: Request, context: APIContext) async throws -> Response {
        try gate.limits.charge(request, context, for: .read)
        let parameters = try DouyinParameters(queryOf: request)
        let caller = try await gate.requireCaller(parameters, for: .read)
        let page = try PageRequest(parameters)
        let before = page.cursor.map(VideoID.init(rawValue:))
        let list = try await videos.list(author: caller, viewer: caller, before: before, limit: page.limit + 1)
        return page.response(list, id: \.id.rawValue) { json, video in
            DouyinVideo(video, addresses: addresses).write(to: &json)
        }
    }
}
