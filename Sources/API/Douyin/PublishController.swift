import Database
import Domain
import Hummingbird

/// `/douyin/publish/`: uploads, and what became of them.
struct PublishController {
    let users: Users
    let videos: Videos
    let core: UploadCore
    let gate: Gate
    let content: ContentCheck
    let addresses: PublicAddresses
    let listLimit: Int

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.post, "/douyin/publish/action", .publish, use: publish)
        routes.on(.get, "/douyin/publish/list", .read, use: list)
    }

    /// Answers once the bytes are stored and the job is queued.
    @Sendable func publish(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let address = gate.limits.address(of: request.headers, peer: context.peer)
            let form = PublishForm(core: core, gate: gate, address: address)
            do {
                try await form.read(request)
                let upload = try await form.publish(content)
                if upload.metadata.isHeld == true { context.outcome.notice = .heldTitle }
                if upload.isDuplicate { context.outcome.notice = .duplicate }
            } catch {
                await form.discard(after: error)
                throw error
            }
            return NoAnswer.empty
        }
    }

    /// An author sees all of their videos at once, others those that are playable.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.caller(parameters, for: .read)
            let author = try gate.subject(parameters, caller: caller)
            let list = try await videos.list(author: author, viewer: caller, limit: listLimit)
            if list.isEmpty { try await users.require(author) }
            return VideoListAnswer(list, addresses: addresses)
        }
    }
}

extension Phrase {
    fileprivate static let duplicate = Phrase(
        "You have published this video before; it stays as it is.",
        chinese: "您已发布过该视频，无需重复发布。"
    )
    fileprivate static let heldTitle = Phrase(
        "The title waits for a review. Until then only you see the video.",
        chinese: "标题正在审核，通过前视频仅您可见。"
    )
}
