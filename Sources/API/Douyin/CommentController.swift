import Database
import Domain
import Hummingbird
import Moderation

/// `/douyin/comment/`: what is said about videos.
struct CommentController {
    let comments: Comments
    let videos: Videos
    let users: Users
    let gate: Gate
    let content: ContentCheck
    let addresses: PublicAddresses
    let listLimit: Int

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.post, "/douyin/comment/action", .write, use: act)
        routes.on(.get, "/douyin/comment/list", .read, use: list)
    }

    /// A comment as clients know one.
    struct CommentAnswer: DouyinAnswer {
        static let empty = CommentAnswer(comment: nil, addresses: nil)

        let comment: VideoComment?
        let addresses: PublicAddresses?

        func write(to json: inout JSONWriter) { json.member("comment") { writeMembers(to: &$0) } }

        func writeMembers(to json: inout JSONWriter) {
            let user = comment.flatMap { comment in addresses.map { DouyinUser(comment.author, addresses: $0) } }
            json.member("id", comment?.id.rawValue ?? 0)
            json.member("user") { (user ?? .none).write(to: &$0) }
            json.member("content", comment?.text ?? "")
            json.member("create_date", comment?.createDate ?? "")
        }
    }

    struct CommentListAnswer: DouyinAnswer {
        static let empty = CommentListAnswer(comments: [])

        let comments: [CommentAnswer]

        func write(to json: inout JSONWriter) {
            json.member("comment_list", comments) { json, comment in json.object { comment.writeMembers(to: &$0) } }
        }
    }

    @Sendable func act(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.requireCaller(parameters, for: .write)
            let video = VideoID(rawValue: try parameters.requireInteger("video_id"))
            switch try parameters.requireAction() {
            case .first: return try await add(parameters, to: video, by: caller, context)
            case .second: return try await delete(parameters, of: video, by: caller)
            }
        }
    }

    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.caller(parameters, for: .read)
            let video = VideoID(rawValue: try parameters.requireInteger("video_id"))
            let list = try await comments.list(of: video, viewer: caller, limit: listLimit)
            if list.isEmpty, try await !videos.isVisible(video, to: caller) { throw APIError.unknownVideo(video) }
            return CommentListAnswer(comments: list.map { CommentAnswer(comment: $0, addresses: addresses) })
        }
    }

    private func add(_ parameters: DouyinParameters, to video: VideoID, by caller: UserID, _ context: APIContext)
        async throws -> CommentAnswer
    {
        let typed = try APIError.translating(to: .invalidComment) {
            try CommentText(parameters.require("comment_text"))
        }
        let checked = try content.check(typed.rawValue, as: .comment)
        let added = try await comments.add(checked.text, to: video, by: caller, isHeld: checked.isHeld)
        guard let added else { throw APIError.unknownVideo(video) }
        guard let author = try await users.find(caller, viewer: caller) else { throw APIError.unknownAccount }
        if checked.isHeld { context.outcome.notice = .heldComment }
        let comment = VideoComment(id: added.id, author: author, text: checked.text, createDate: added.createDate)
        return CommentAnswer(comment: comment, addresses: addresses)
    }

    private func delete(_ parameters: DouyinParameters, of video: VideoID, by caller: UserID) async throws
        -> CommentAnswer
    {
        let comment = CommentID(rawValue: try parameters.requireInteger("comment_id"))
        switch try await comments.delete(comment, of: video, by: caller) {
        case .deleted: return .empty
        case .unknown: throw APIError.unknownComment(comment)
        case .notAllowed:
            throw APIError(
                .notAllowed,
                "Only its author or the video's author may delete a comment.",
                chinese: "只有评论作者或视频作者可以删除评论。"
            )
        }
    }
}

extension Phrase {
    fileprivate static let heldComment = Phrase(
        "Your comment waits for a review. Until then only you see it.",
        chinese: "您的评论正在审核，通过前仅您可见。"
    )
}
