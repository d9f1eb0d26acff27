import Database
import Domain
import Hummingbird
import NIOCore
import ObjectStorage

/// Uploads that may take any number of requests: what the protocols have in common.
///
/// The state is in the database and the bytes are in the store, so that any process goes on with an upload that
/// another began, and the end of a process costs no more than what was not acknowledged.
struct UploadCore: Sendable {
    let uploads: Uploads
    let videos: Videos
    let store: any ObjectStore
    let sink: any UploadSink
    let rules: UploadRules
    let anonymousForms: AnonymousForms
    /// Where bytes wait that have no place in the store yet.
    let spoolFolder: String
    let active = ActiveUploads()
    let hashes = UploadHashes()

    /// Begins an upload; one whose bytes its creator has published before is finished at once.
    func create(
        _ kind: UploadKind,
        by author: UserID,
        length: Int64?,
        metadata: UploadMetadata = UploadMetadata(),
        sha256: [UInt8]? = nil
    ) async throws -> UploadRecord {
        if let length, length > rules.maxBytes { throw APIError.fileTooLarge(rules.maxBytes) }
        guard length != 0 else { throw APIError.emptyUpload }
        let upload = NewUpload(
            id: Self.randomID(),
            authorID: author,
            kind: kind,
            videoID: kind == .partial ? nil : try await videos.reserveID(),
            lengthBytes: length,
            metadata: metadata,
            announcedSHA256: sha256
        )
        let record = try await translatingExcess { try await uploads.create(upload, quota: rules.quota) }
        guard rules.findsDuplicates else { return record }
        return try await uploads.finishKnown(record) ?? record
    }

    /// What is known of an upload.
    ///
    /// - Throws: an ``APIError`` for one that does not exist, is somebody else's, or has ended without a video.
    func require(_ id: String, of author: UserID) async throws -> UploadRecord {
        guard let upload = try await uploads.find(id), upload.authorID == author else { throw APIError.unknownUpload }
        switch upload.state {
        case .open, .received, .finished: return upload
        case .refused: throw APIError.uploadRefused(upload.failure?.reason ?? "")
        case .cancelled: throw APIError.uploadCancelled
        case .expired: throw APIError.uploadExpired
        }
    }

    /// Where an upload goes on; whoever writes to it stops, so that the answer stays true.
    func locate(_ id: String, of author: UserID) async throws -> UploadRecord {
        let upload = try await require(id, of: author)
        if upload.state == .received { return try await finish(upload) }
        guard upload.isUnderWay else { return upload }
        await active.stop(id)
        guard let claimed = try await uploads.claim(id, isWriting: false) else {
            let ended = try await require(id, of: author)
            return ended.state == .received ? try await finish(ended) : ended
        }
        // Nobody goes on with a form: nothing but its request knows whether it is whole.
        guard claimed.kind != .form, claimed.offsetBytes == claimed.lengthBytes else { return claimed }
        // All of it is safe, but whoever sent the last of it was relieved before saying so; the client will send no more.
        let nothing = UploadPiece(offset: claimed.offsetBytes, count: 0, body: RequestBody(buffer: ByteBuffer()))
        return try await append(nothing, to: id, of: author)
    }

    /// Takes an image that becomes the cover.
    func setCover(_ bytes: [UInt8], of upload: UploadRecord) async throws {
        guard upload.state == .open, let videoID = upload.videoID else { throw APIError.noCoverNow }
        let wishes = try UploadWishes(
            pipeline: nil,
            coverSeconds: upload.metadata.coverSeconds.map { "\($0)" },
            coverImage: bytes
        )
        guard let image = wishes.coverImage else { return }
        let key = try await store(image, of: videoID)
        guard try await uploads.setCover(key.rawValue, of: upload.id) else {
            try await store.delete([key])
            throw APIError.noCoverNow
        }
        if let old = upload.coverKey, old != key.rawValue { try await store.delete([try ObjectKey(old)]) }
    }

    func store(_ cover: UploadedPicture, of video: VideoID) async throws -> ObjectKey {
        // A name of its own: removing it again never removes one that was recorded meanwhile.
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        let key = try ObjectKey("sources/\(video)/cover-\(name).\(cover.fileExtension)")
        try await store.put(key, bytes: ByteBuffer(bytes: cover.bytes))
        return key
    }

    /// Ends an upload that is not wanted any more, and removes its bytes.
    func cancel(_ id: String, of author: UserID) async throws {
        let upload = try await require(id, of: author)
        guard upload.isCancellable else { throw APIError.uploadIsVideo }
        await active.stop(id)
        guard let cancelled = try await uploads.cancel(id) else { return try await cancel(id, of: author) }
        try await discard(cancelled)
    }

    /// Ends an upload whose client was not told where it is, and so will not come back, also when its request is over.
    ///
    /// One of which all has arrived stays, and maintenance makes a video of it, unless it is a copy of parts that stay or a
    /// part that nobody can name.
    ///
    /// - Returns: what the client is told.
    @discardableResult
    func abandon(_ upload: UploadRecord, after error: any Error) async -> any Error {
        let isWorthless = upload.kind == .final || upload.kind == .partial
        return await Task { () async -> any Error in
            // Where that fails it expires.
            if var cancelled = try? await uploads.cancel(upload.id, evenReceived: isWorthless) {
                // Of a form, only its request knows what it has stored.
                cancelled.placement = cancelled.placement ?? upload.placement
                cancelled.coverKey = cancelled.coverKey ?? upload.coverKey
                try? await discard(cancelled)
                return error
            }
            let isReceived = try? await uploads.find(upload.id)?.state == .received
            return isReceived == true ? UploadUnfinished(underlying: error) : error
        }.value
    }

    /// Removes whatever an upload has left in the store.
    func discard(_ upload: UploadRecord) async throws {
        hashes.keep(nil, of: upload.id)
        try await sink.discard(try place(of: upload))
        try await store.delete(try upload.coverKey.map { [try ObjectKey($0)] } ?? [])
        try await uploads.recordRemoval(of: upload)
    }

    /// The object that an upload becomes.
    func key(of upload: UploadRecord) throws -> ObjectKey {
        try ObjectKey(upload.videoID.map { "sources/\($0)/source" } ?? "uploads/\(upload.id)/data")
    }

    func place(of upload: UploadRecord) throws -> UploadPlace {
        UploadPlace(
            id: upload.id,
            key: try key(of: upload),
            maxBytes: upload.lengthBytes ?? rules.maxBytes,
            takeovers: upload.takeovers,
            offset: upload.offsetBytes,
            state: upload.placement,
            comesAtOnce: upload.kind == .form
        )
    }

    /// 128 random bits.
    private static func randomID() -> String {
        (0..<4).map { _ in
            let part = String(UInt32.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 8 - part.count) + part
        }.joined()
    }

    func translatingExcess<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let excess as UploadQuota.Excess { throw APIError(excess) }
    }
}

/// What uploads may be.
struct UploadRules: Sendable {
    /// The largest, in bytes.
    let maxBytes: Int64
    let quota: UploadQuota
    /// Whether nothing is made again of bytes that a creator has a video of already.
    let findsDuplicates: Bool
    /// The pipeline definitions that an upload may name.
    let pipelines: [String]
    /// The largest image for a cover, in bytes.
    let coverMaxBytes: Int
    /// How long the request of a form may take.
    let formPatience: Duration
}
