import Database
import Domain
import HTTPTypes
import Hummingbird
import Moderation
import NIOCore
import ObjectStorage

/// The form of publish/action, read as it arrives: the file `data`, the fields `token` and `title`, and what clients
/// of our own send besides: an image `cover`, or `cover_seconds`, and `pipeline`.
///
/// Once a token has come, the file goes to the store while the rest is still unknown. A file that comes before it waits on
/// this machine's disk, of which such forms have only so much. Whatever is wrong is refused as soon as it can be
/// seen, without waiting for the end. One task uses a form.
final class PublishForm {
    private static let maxFieldBytes = 64 * 1024
    /// What all fields may be until a token has come.
    private static let maxAnonymousFieldBytes = 64 * 1024
    private static let maxParts = 64
    /// What a form may hold besides its files.
    private static let maxOverheadBytes: Int64 = 1024 * 1024

    private let core: UploadCore
    private let gate: Gate
    private let address: ClientAddress?
    private let start = ContinuousClock.now
    private let memory = BodyMemory.Share()
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
    private var hasFile = false
    /// The file on its way into the store, once a token has come.
    private var open: UploadCore.OpenForm?
    /// The file until then.
    private var unclaimed: UnclaimedFile?
    private var fieldBytes = 0
    private var cover: ByteBuffer?

    init(core: UploadCore, gate: Gate, address: ClientAddress?) {
        (self.core, self.gate, self.address) = (core, gate, address)
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

    /// Makes a video of the form, once it has been read.
    func publish(_ content: ContentCheck) async throws -> UploadRecord {
        guard try await authenticate() != nil else { throw APIError.notLoggedIn }
        guard let open else { throw APIError.missing("data") }
        let wishes = try UploadWishes(
            pipeline: try field("pipeline"),
            coverSeconds: try field("cover_seconds"),
            coverImage: cover.map { Array($0.readableBytesView) }
        )
        try wishes.requirePipeline(among: core.rules.pipelines)
        guard let title = try field("title") else { throw APIError.missing("title") }
        let checked = try APIError.translating(to: .invalidTitle) {
            try content.check(VideoTitle(title).rawValue, as: .title)
        }
        var metadata = UploadMetadata()
        (metadata.title, metadata.isHeld) = (checked.text, checked.isHeld ? true : nil)
        (metadata.pipeline, metadata.coverSeconds) = (wishes.pipeline, wishes.coverSeconds)
        // From here on the upload ends by itself.
        (self.open, self.upload) = (nil, nil)
        // Whatever becomes of the connection, and of the task that belongs to it.
        return try await Task { [core, metadata] in
            try await core.finish(open, metadata, cover: wishes.coverImage)
        }.value
    }

    /// Ends an upload of which not everything came, and removes what there is of it.
    func discard(after error: any Error) async {
        unclaimed = nil
        await open?.pump.close()
        if let upload { await core.abandon(upload, after: error) }
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
            try checkTime()
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

    /// A silent connection is closed, so that this is asked often enough.
    private func checkTime() throws(APIError) {
        let patience = upload == nil ? core.anonymousForms.limits.patience : core.rules.formPatience
        guard ContinuousClock.now - start > patience else { return }
        throw upload == nil ? .tokenComesLate : .formTakesTooLong
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
        if header.name == "cover", header.filename != nil, upload == nil { throw APIError.coverBeforeToken }
        guard header.name == "data" else { return }
        guard !hasFile else { throw MultipartError("it has two files named data") }
        hasFile = true
        if let upload {
            open = try await core.open(upload)
        } else {
            // Not before: a form that sends its token before the file needs no place.
            let place = try core.anonymousForms.enter(address)
            unclaimed = UnclaimedFile(place, maxBytes: fileMaxBytes, try await UnclaimedBytes(in: core.spoolFolder))
        }
    }

    private func append(_ bytes: ByteBuffer) async throws {
        guard let part else { return }
        if part.name == "data" {
            if let open { try await open.pump.take(bytes) } else { try await unclaimed?.append(bytes) }
        } else if part.name == "cover", part.filename != nil {
            try memory.take(bytes.readableBytes)
            cover = cover ?? ByteBuffer()
            cover?.writeImmutableBuffer(bytes)
            guard (cover?.readableBytes ?? 0) <= coverMaxBytes else { throw UploadWishes.coverTooLarge(coverMaxBytes) }
        } else if part.filename == nil {
            try append(bytes, toField: part.name)
        }
    }

    private func append(_ bytes: ByteBuffer, toField name: String) throws {
        try memory.take(bytes.readableBytes)
        fieldBytes += bytes.readableBytes
        fields[name, default: ByteBuffer()].writeImmutableBuffer(bytes)
        let isTooLong = fields[name, default: ByteBuffer()].readableBytes > Self.maxFieldBytes
        guard !isTooLong, upload != nil || fieldBytes <= Self.maxAnonymousFieldBytes else {
            throw APIError(
                .requestTooLarge,
                "The field \(name.prefix(64)) is too long.",
                chinese: "字段 \(name.prefix(64)) 过长。"
            )
        }
    }

    private func endPart() async throws {
        guard let part else { return }
        self.part = nil
        if part.name == "data" {
            if let open { try await open.pump.verify(isLast: true) } else { try unclaimed?.end() }
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
        let upload = try await core.create(.form, by: author, length: length)
        self.upload = upload
        if let unclaimed {
            let open = try await core.open(upload)
            self.open = open
            try await unclaimed.read { try await open.pump.take($0) }
        }
        unclaimed = nil
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

/// The file of a form whose token has not come: counted, looked at, and on this machine's disk.
private final class UnclaimedFile {
    private let place: AnonymousForms.Place
    private let maxBytes: Int64
    private let bytes: UnclaimedBytes
    private var head = UploadHead([])
    private var count: Int64 = 0

    init(_ place: AnonymousForms.Place, maxBytes: Int64, _ bytes: UnclaimedBytes) {
        (self.place, self.maxBytes, self.bytes) = (place, maxBytes, bytes)
    }

    func append(_ piece: ByteBuffer) async throws {
        count += Int64(piece.readableBytes)
        guard count <= maxBytes else { throw APIError.fileTooLarge(maxBytes) }
        try head.append(piece)
        try place.take(piece.readableBytes)
        try await bytes.append(piece)
    }

    /// The last byte has come.
    func end() throws { try head.judge() }

    func read(_ body: (ByteBuffer) async throws -> Void) async throws { try await bytes.read(count, body) }
}

extension APIError {
    fileprivate static let formTakesTooLong = APIError(
        .incompleteUpload,
        "The upload took too long. Send it again, or upload it in parts that can be resumed.",
        chinese: "上传耗时过长，请重新上传或使用断点续传。"
    ).closingConnection
    fileprivate static let coverBeforeToken = APIError(
        .malformedForm,
        "The cover came before the token. Send the token first, or in the query.",
        chinese: "封面先于 token 到达，请先发送 token 或放在查询参数中。"
    ).closingConnection
}
