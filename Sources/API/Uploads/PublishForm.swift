import Database
import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import ObjectStorage

/// The form of publish/action, read as it arrives: the file `data`, the fields `token` and `title`, and what clients
/// of our own send besides: an image `cover`, or `cover_seconds`, and `pipeline`.
///
/// The file often comes first. It goes to the store, under the id that its video
/// will have, while the rest is still unknown; whatever is wrong is refused as soon as it can be
/// seen, without waiting for the end. One task uses a form.
final class PublishForm {
    private static let maxFieldBytes = 64 * 1024
    private static let maxParts = 64
    /// What a form may hold besides its files.
    private static let maxOverheadBytes: Int64 = 1024 * 1024

    private let core: UploadCore
    private let gate: Gate
    private let fileMaxBytes: Int64
    private let coverMaxBytes: Int

    private var fields: [String: ByteBuffer] = [:]
    private var queryFields: DouyinParameters?
    /// What counts for the creator's quotas; `nil` until a token has come.
    private var upload: UploadRecord?
    /// What the request says of its length.
    private var declaredBytes: Int64?
    private var part: PartHeader?
    private var partCount = 0
    private var bodyBytes: Int64 = 0
    private var source: (id: VideoID, key: ObjectKey, file: UploadedFile)?
    private var cover: ByteBuffer?

    init(core: UploadCore, gate: Gate) {
        self.core = core
        self.gate = gate
        (fileMaxBytes, coverMaxBytes) = (core.rules.maxBytes, core.rules.coverMaxBytes)
    }

    /// Reads the whole form.
    func read(_ request: Request) async throws {
        do {
            let boundary = try MultipartParser.boundary(ofContentType: request.headers[.contentType])
            try await checkHead(of: request)
            try await readParts(of: request, boundary: boundary)
        } catch let error as MultipartError {
            throw APIError(
                .malformedForm,
                "The form cannot be read: \(error.message). Send it again.",
                chinese: "无法解析表单：\(error.message)。请重新发送。"
            ).closingConnection
        } catch let error as APIError {
            throw error.closingConnection
        } catch let error as StorageError where error.code == .full {
            throw APIError.storageFull.closingConnection
        }
    }

    struct Publication {
        let id: VideoID
        let sourceKey: ObjectKey
        /// Has all the bytes, and is yet to be finished.
        let file: any ObjectWriter
        let upload: UploadRecord
        let title: VideoTitle
    }

    /// What the form says, once it has been read.
    func complete() async throws -> Publication {
        guard var upload = try await authenticate() else { throw APIError.notLoggedIn }
        guard let source else { throw APIError.missing("data") }
        guard let title = try field("title") else { throw APIError.missing("title") }
        try await declareLength(of: &upload, source.file.writer.sizeBytes)
        upload.videoID = source.id
        do {
            return Publication(
                id: source.id,
                sourceKey: source.key,
                file: source.file.writer,
                upload: upload,
                title: try VideoTitle(title)
            )
        } catch {
            throw APIError(.invalidTitle, error.message)
        }
    }

    /// A request in chunks says how long it was when it ends.
    private func declareLength(of upload: inout UploadRecord, _ sizeBytes: Int64) async throws {
        guard upload.lengthBytes == nil else { return }
        let quota = core.rules.quota
        _ = try await core.translatingExcess { [upload] in
            try await core.uploads.declare(sizeBytes, of: upload, quota: quota)
        }
        upload.lengthBytes = sizeBytes
    }

    /// What the creator wants done, apart from the video itself.
    func wishes() throws(APIError) -> UploadWishes {
        try UploadWishes(
            pipeline: try field("pipeline"),
            coverSeconds: try field("cover_seconds"),
            coverImage: cover.map { Array($0.readableBytesView) }
        )
    }

    /// Removes the file again, unless it has become an object.
    func discard() async {
        await source?.file.writer.abort()
        // One that has ended stays as it is; one that cannot be ended now will expire.
        if let upload { _ = try? await core.uploads.cancel(upload.id) }
    }

    /// What can be refused before the body.
    private func checkHead(of request: Request) async throws {
        queryFields = try DouyinParameters(queryOf: request)
        declaredBytes = request.headers[.contentLength].flatMap(Int64.init)
        _ = try await authenticate()
        if let declaredBytes, declaredBytes > formMaxBytes { throw fileTooLarge }
    }

    private func readParts(of request: Request, boundary: String) async throws {
        var parser = MultipartParser(boundary: boundary)
        var body = request.body.makeAsyncIterator()
        while let buffer = try await next(of: &body) {
            bodyBytes += Int64(buffer.readableBytes)
            guard bodyBytes <= formMaxBytes else { throw fileTooLarge }
            parser.append(buffer)
            while let event = try parser.next() { try await handle(event) }
        }
        try parser.finish()
        try checkLength(of: request)
    }

    private func next(of body: inout RequestBody.AsyncIterator) async throws(APIError) -> ByteBuffer? {
        do {
            return try await body.next()
        } catch {
            // The connection broke; nobody may be there to read this.
            throw APIError(
                .incompleteUpload,
                "The upload was interrupted. Send it again.",
                chinese: "上传中断，请重新上传。"
            )
        }
    }

    private func checkLength(of request: Request) throws(APIError) {
        guard let length = request.headers[.contentLength].flatMap(Int64.init), length != bodyBytes else { return }
        throw APIError(
            .incompleteUpload,
            "Only \(bodyBytes) of \(length) bytes arrived. Send it again.",
            chinese: "只收到 \(bodyBytes) / \(length) 字节，请重新上传。"
        )
    }

    private func handle(_ event: MultipartParser.Event) async throws {
        switch event {
        case .part(let header): try await begin(header)
        case .body(let bytes): try await append(bytes)
        case .partEnd: try await endPart()
        }
    }

    private func begin(_ header: PartHeader) async throws {
        partCount += 1
        guard partCount <= Self.maxParts else { throw MultipartError("it has more than \(Self.maxParts) parts") }
        part = header
        guard header.name == "data" else { return }
        guard source == nil else { throw MultipartError("it has two files named data") }
        let id = try await core.videos.reserveID()
        let key = try ObjectKey("sources/\(id)/source")
        source = (id, key, UploadedFile(writer: try await core.store.beginWrite(key), maxBytes: fileMaxBytes))
    }

    private func append(_ bytes: ByteBuffer) async throws {
        guard let part else { return }
        if part.name == "data" {
            guard try await source?.file.write(bytes) != .tooLarge else { throw fileTooLarge }
        } else if part.name == "cover", part.filename != nil {
            cover = cover ?? ByteBuffer()
            cover?.writeImmutableBuffer(bytes)
            guard (cover?.readableBytes ?? 0) <= coverMaxBytes else { throw UploadWishes.coverTooLarge(coverMaxBytes) }
        } else if part.filename == nil {
            fields[part.name, default: ByteBuffer()].writeImmutableBuffer(bytes)
            guard fields[part.name, default: ByteBuffer()].readableBytes <= Self.maxFieldBytes else {
                throw APIError(
                    .requestTooLarge,
                    "The field \(part.name.prefix(64)) is too long.",
                    chinese: "字段 \(part.name.prefix(64)) 过长。"
                )
            }
        }
    }

    private func endPart() async throws {
        guard let part else { return }
        self.part = nil
        if part.name == "data" {
            try await source?.file.end()
        } else if part.filename == nil {
            // A field can be empty.
            fields[part.name, default: ByteBuffer()].writeImmutableBuffer(ByteBuffer())
            // With the token before the file, a wrong one need not wait for the file.
            if part.name == "token" { _ = try await authenticate() }
        }
    }

    /// Who publishes; `nil` while no token has come.
    private func authenticate() async throws -> UploadRecord? {
        if let upload { return upload }
        let candidates = [queryFields?["token"], try field("token"), queryFields?.token]
        guard let token = candidates.lazy.compactMap(\.self).first(where: { !$0.isEmpty }) else { return nil }
        let author = try await gate.admit(token, for: .publish)
        let length = declaredBytes.map { max(1, min($0, fileMaxBytes)) }
        upload = try await core.create(.form, by: author, length: length)
        return upload
    }

    /// A text field: from the query if it is there, else from the form.
    private func field(_ name: String) throws(APIError) -> String? {
        if let value = queryFields?[name], !value.isEmpty { return value }
        guard let bytes = fields[name] else { return queryFields?[name] }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw APIError(
                .invalidParameter,
                "The field \(name) is not encoded as UTF-8.",
                chinese: "字段 \(name) 不是 UTF-8 编码。"
            )
        }
        return text
    }

    /// A cover of the creator's own rides beside the video.
    private var formMaxBytes: Int64 { fileMaxBytes + Int64(coverMaxBytes) + Self.maxOverheadBytes }

    private var fileTooLarge: APIError { .fileTooLarge(fileMaxBytes) }
}
