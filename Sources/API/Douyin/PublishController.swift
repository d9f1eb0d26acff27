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
    let store: any ObjectStore
    let gate: Gate
    let content: ContentCheck
    let addresses: PublicAddresses
    let uploadMaxBytes: Int64
    let coverMaxBytes: Int
    let pipelines: [String]
    let listLimit: Int

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.post, "/douyin/publish/action", .publish, use: publish)
        routes.on(.get, "/douyin/publish/list", .read, use: list)
    }

    /// Answers once the bytes are stored and the job is queued.
    @Sendable func publish(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let form = PublishForm(
                store: store,
                videos: videos,
                gate: gate,
                fileMaxBytes: uploadMaxBytes,
                coverMaxBytes: coverMaxBytes
            )
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
        let upload = try await form.complete()
        let wishes = try form.wishes()
        try wishes.requirePipeline(among: pipelines)
        let title = try content.check(upload.title.rawValue, as: .title)
        let receipt = try await upload.file.finish()
        let cover = try await store(wishes, of: upload.id)
        do {
            try await videos.create(
                NewVideo(
                    id: upload.id,
                    authorID: upload.authorID,
                    title: title.text,
                    visibility: title.isHeld ? .held : .public,
                    sourceKey: upload.sourceKey.rawValue,
                    sourceBytes: receipt.sizeBytes,
                    sourceSHA256: receipt.sha256,
                    pipeline: wishes.pipeline,
                    cover: cover.wish
                )
            )
        } catch let error as UploadNotRecorded {
            try await store.delete([upload.sourceKey] + [cover.key].compactMap(\.self))
            guard error.isAuthorUnknown else { throw error }
            throw APIError.unknownAccount
        }
        if title.isHeld { context.outcome.notice = .heldTitle }
    }
}

/// Covers of the creator's own.
extension PublishController {
    private func store(_ wishes: UploadWishes, of id: VideoID) async throws -> (wish: CoverWish, key: ObjectKey?) {
        if let seconds = wishes.coverSeconds { return (.at(seconds: seconds), nil) }
        guard let image = wishes.coverImage else { return (.automatic, nil) }
        let key = try ObjectKey("sources/\(id)/cover.\(image.fileExtension)")
        try await store.put(key, bytes: ByteBuffer(bytes: image.bytes))
        return (.image(key: key.rawValue), key)
    }
}

extension Phrase {
    fileprivate static let heldTitle = Phrase(
        "The title waits for a review. Until then only you see the video.",
        chinese: "标题正在审核，通过前视频仅您可见。"
    )
}
