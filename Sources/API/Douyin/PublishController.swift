import Database
import Domain
import Hummingbird
import Moderation
import NIOCore
import ObjectStorage

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
            let form = PublishForm(core: core, gate: gate)
            do {
                try await form.read(request)
                try await record(form, context)
            } catch {
                await form.discard()
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

    /// The source first and the row second: a row whose bytes are missing could not be explained to anybody,
    /// bytes without a row are removed again.
    private func record(_ form: PublishForm, _ context: APIContext) async throws {
        let publication = try await form.complete()
        let wishes = try form.wishes()
        try wishes.requirePipeline(among: core.rules.pipelines)
        let title = try content.check(publication.title.rawValue, as: .title)
        let receipt = try await publication.file.finish()
        let cover = try await store(wishes, of: publication.id)
        let video = NewVideo(
            id: publication.id,
            authorID: publication.upload.authorID,
            title: title.text,
            visibility: title.isHeld ? .held : .public,
            sourceKey: publication.sourceKey.rawValue,
            sourceBytes: receipt.sizeBytes,
            sourceSHA256: receipt.sha256,
            pipeline: wishes.pipeline,
            cover: cover.wish
        )
        let objects = [publication.sourceKey] + [cover.key].compactMap(\.self)
        try await record(video, publication.upload, objects, context)
        if title.isHeld, context.outcome.notice == nil { context.outcome.notice = .heldTitle }
    }

    private func record(
        _ video: NewVideo,
        _ upload: UploadRecord,
        _ objects: [ObjectKey],
        _ context: APIContext
    ) async throws {
        do {
            let findsDuplicates = core.rules.findsDuplicates
            switch try await core.uploads.finish(upload, as: video, findsDuplicates: findsDuplicates) {
            case .recorded: break
            case .shared: try await core.store.delete(objects)
            case .duplicate:
                try await core.store.delete(objects)
                context.outcome.notice = .duplicate
            case .kept, .relieved:
                try await core.store.delete(objects)
                throw APIError.uploadExpired
            }
        } catch let error as UploadNotRecorded {
            try await core.store.delete(objects)
            guard error.isAuthorUnknown else { throw error }
            throw APIError.unknownAccount
        }
    }
}

/// Covers of the creator's own.
extension PublishController {
    private func store(_ wishes: UploadWishes, of id: VideoID) async throws -> (wish: CoverWish, key: ObjectKey?) {
        if let seconds = wishes.coverSeconds { return (.at(seconds: seconds), nil) }
        guard let image = wishes.coverImage else { return (.automatic, nil) }
        let key = try ObjectKey("sources/\(id)/cover.\(image.fileExtension)")
        try await core.store.put(key, bytes: ByteBuffer(bytes: image.bytes))
        return (.image(key: key.rawValue), key)
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
