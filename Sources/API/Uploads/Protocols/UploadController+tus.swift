import Database
import Domain
import Foundation
import HTTPTypes
import Hummingbird

/// tus 1.0.0 (https://tus.io/protocols/resumable-upload).
extension UploadController {
    private static let contentType = "application/offset+octet-stream"

    func create(tus request: Request, _ caller: UserID) async throws -> Response {
        let headers = request.headers
        let intent = UploadIntent(try TusMetadata(headers[.uploadMetadata]))
        let concat = try TusConcat(headers[.uploadConcat], path: Self.path)
        var upload: UploadRecord
        var known: String?
        switch concat {
        case .final(let ids):
            guard headers[.uploadLength] == nil else { throw APIError.inconsistentLength }
            let metadata = try intent.metadata(content, pipelines: core.rules.pipelines)
            upload = try await core.concatenate(ids, by: caller, metadata: metadata, sha256: try intent.digest())
        case .partial:
            var metadata = UploadMetadata()
            metadata.header = intent.header
            let length = try declaredLength(headers)
            upload = try await core.create(.partial, by: caller, length: length, metadata: metadata)
        case nil:
            let metadata = try intent.metadata(content, pipelines: core.rules.pipelines)
            let (length, sha256) = (try declaredLength(headers), try intent.digest())
            upload = try await core.create(.whole, by: caller, length: length, metadata: metadata, sha256: sha256)
        }
        if let video = upload.videoID, upload.wasKnown { known = "/api/v1/videos/\(video)" }
        let count = try headers.byteCount(.contentLength)
        if concat?.isFinal != true, count ?? 0 > 0 || headers[.transferEncoding] != nil {
            do {
                upload = try await append(tus: request, offset: 0, length: nil, to: upload.id, caller)
            } catch {
                throw await core.abandon(upload, after: error)
            }
        }
        var response = Response(status: .created, headers: [.location: "\(Self.path)/\(upload.id)"])
        response.headers[.uploadOffset] = "\(upload.offsetBytes)"
        response.headers[.uploadVideo] = known
        response.headers.addExpiry(of: upload)
        return response
    }

    func append(tus request: Request, to id: String, _ caller: UserID) async throws -> Response {
        guard let offset = try request.headers.byteCount(.uploadOffset) else { throw APIError.missing("Upload-Offset") }
        let length = try request.headers.byteCount(.uploadLength)
        let upload = try await append(tus: request, offset: offset, length: length, to: id, caller)
        var response = Response(status: .noContent, headers: [.uploadOffset: "\(upload.offsetBytes)"])
        response.headers.addExpiry(of: upload)
        return response
    }

    private func append(
        tus request: Request,
        offset: Int64,
        length: Int64?,
        to id: String,
        _ caller: UserID
    ) async throws -> UploadRecord {
        guard request.headers[.contentType] == Self.contentType else {
            throw APIError.wrongContentType(Self.contentType)
        }
        let piece = UploadPiece(
            offset: offset,
            count: try request.headers.byteCount(.contentLength),
            length: length,
            isLast: nil,
            checksum: try request.headers[.uploadChecksum].map { text throws(APIError) in try UploadChecksum(text) },
            body: request.body
        )
        return try await core.append(piece, to: id, of: caller)
    }

    /// The length, or that it will be said later.
    private func declaredLength(_ headers: HTTPFields) throws(APIError) -> Int64? {
        let length = try headers.byteCount(.uploadLength)
        switch (length, headers[.uploadDeferLength]) {
        case (.some, nil): return length
        case (nil, "1"): return nil
        case (nil, nil): throw .missing("Upload-Length")
        default: throw .inconsistentLength
        }
    }
}

/// The header `Upload-Concat`.
private enum TusConcat {
    case partial
    case final(ids: [String])

    private static let maxParts = 100

    init?(_ header: String?, path: String) throws(APIError) {
        guard let header else { return nil }
        if header == "partial" {
            self = .partial
            return
        }
        guard header.hasPrefix("final;") else { throw Self.malformed }
        // Addresses, with or without the server.
        let ids = header.dropFirst("final;".count).split(separator: " ").compactMap { address in
            address.split(separator: "\(path)/", omittingEmptySubsequences: false).dropFirst().first
                .map { String($0.prefix { $0 != "?" }) }
        }
        guard (1...Self.maxParts).contains(ids.count) else { throw Self.malformed }
        self = .final(ids: ids)
    }

    var isFinal: Bool {
        if case .final = self { true } else { false }
    }

    private static let malformed = APIError(
        .invalidParameter,
        "Upload-Concat must be partial, or final; and the addresses of up to \(maxParts) partial uploads.",
        chinese: "Upload-Concat 必须是 partial，或 final; 加上最多 \(maxParts) 个分段上传的地址。"
    )
}

extension APIError {
    static func wrongContentType(_ type: String) -> APIError {
        APIError(
            .wrongContentType,
            "The Content-Type must be \(type).",
            chinese: "Content-Type 必须为 \(type)。"
        ).closingConnection
    }
}

extension HTTPFields {
    /// Everything that a client may want to know when it comes back.
    mutating func addFacts(of upload: UploadRecord, _ dialect: UploadDialect) {
        let position = UploadPosition(upload)
        // A final one has an offset when its parts have been joined.
        if upload.kind != .final || position.isComplete { dialect.addPosition(position, to: &self) }
        addExpiry(of: upload)
        guard dialect == .tus else {
            if let length = upload.lengthBytes { self[.uploadLength] = "\(length)" }
            return
        }
        self[.uploadLength] = upload.lengthBytes.map { "\($0)" }
        self[.uploadDeferLength] = upload.lengthBytes == nil ? "1" : nil
        self[.uploadMetadata] = upload.metadata.header
        switch upload.kind {
        case .partial: self[.uploadConcat] = "partial"
        case .final:
            let parts = (upload.metadata.parts ?? []).map { "\(UploadController.path)/\($0)" }
            self[.uploadConcat] = "final;\(parts.joined(separator: " "))"
        case .whole, .form: break
        }
    }

    /// When the upload is given up unless something comes.
    mutating func addExpiry(of upload: UploadRecord) {
        guard upload.state == .open else { return }
        self[.uploadExpires] = HTTPDate.format(upload.expiresAt)
    }
}
