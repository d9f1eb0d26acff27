import Database
import Domain
import Hummingbird
import ObjectStorage

/// `/douyin/publish/`: uploads, and what became of them.
struct PublishController {
    let users: Users
    let videos: Videos
    let store: LocalObjectStore
    let tokens: AccessTokens
    let addresses: PublicAddresses
    let uploadMaxBytes: Int64

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.post, "/douyin/publish/action", use: publish)
        routes.on(.get, "/douyin/publish/list", use: list)
    }

    /// Answers once the bytes are stored and the job is queued.
    @Sendable func publish(_ request: Request, context: APIContext) async throws -> Response {
        try await context.answer {
            let form = PublishForm(store: store, tokens: tokens, fileMaxBytes: uploadMaxBytes)
            do {
                try await form.read(request)
                try await record(form)
            } catch {
                await form.discard()
                throw error
            }
            return NoAnswer.empty
        }
    }

    /// An author sees all of their videos at once, others those that are playable.
    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        try await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await tokens.caller(parameters)
            let author = try tokens.subject(parameters, caller: caller)
            let list = try await videos.list(author: author, viewer: caller)
            if list.isEmpty, try await users.find(author, viewer: caller) == nil { throw APIError.unknownUser(author) }
            return VideoListAnswer(videoList: list.map { DouyinVideo($0, addresses: addresses) })
        }
    }

    /// The source first and the row second: a row whose bytes are missing could not be explained to anybody,
    /// bytes without a row are removed again.
    private func record(_ form: PublishForm) async throws {
        let upload = try await form.complete()
        let id = try await videos.reserveID()
        let key = try ObjectKey("sources/\(id)/source")
        let receipt = try await upload.file.finish(as: key)
        do {
            try await videos.create(
                NewVideo(
                    id: id,
                    authorID: upload.authorID,
                    title: upload.title,
                    sourceKey: key.rawValue,
                    sourceBytes: receipt.sizeBytes,
                    sourceSHA256: receipt.sha256
                )
            )
        } catch let error as UploadNotRecorded {
            try await store.delete([key])
            guard error.isAuthorUnknown else { throw error }
            throw APIError(.invalidToken, "The account of this token does not exist. Register or log in.")
        }
    }
}
