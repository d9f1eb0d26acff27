import Database
import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// The IETF's resumable uploads, from draft-ietf-httpbis-resumable-upload-01 on, as Apple's URLSession speaks them.
extension UploadController {
    private static let contentType = "application/partial-upload"

    /// The body is the file, or its beginning; where it goes on is said before it has been read.
    func create(
        draft request: Request,
        _ version: Int,
        _ caller: UserID,
        _ context: APIContext
    ) async throws -> Response {
        guard let isComplete = UploadDialect.isComplete(request.headers, version: version) else {
            throw APIError.missing(version >= 5 ? "Upload-Complete" : "Upload-Incomplete")
        }
        let count = try request.headers.byteCount(.contentLength)
        let length = try request.headers.byteCount(.uploadLength) ?? (isComplete ? count : nil)
        let intent = try intent(of: request)
        let upload = try await core.create(
            .whole,
            by: caller,
            length: length,
            metadata: try intent.metadata(content, pipelines: core.rules.pipelines),
            sha256: try intent.digest()
        )
        let location = addresses.absolute("\(Self.path)/\(upload.id)")
        // nginx before 1.29 takes any early response for the answer, so a gateway gets none.
        if request.headers[.xForwardedFor] == nil {
            context.send(early: Self.resumptionSupported(at: location, version))
        }
        let piece = UploadPiece(
            offset: 0,
            count: count,
            length: length,
            isLast: isComplete,
            checksum: nil,
            body: request.body
        )
        var response = try answer(try await core.append(piece, to: upload.id, of: caller), version)
        response.headers[.location] = location
        return response
    }

    func append(
        draft request: Request,
        _ version: Int,
        to id: String,
        _ caller: UserID
    ) async throws -> Response {
        let headers = request.headers
        guard let offset = try headers.byteCount(.uploadOffset) else { throw APIError.missing("Upload-Offset") }
        guard version < 6 || headers[.contentType] == Self.contentType else {
            throw APIError.wrongContentType(Self.contentType)
        }
        let piece = UploadPiece(
            offset: offset,
            count: try headers.byteCount(.contentLength),
            length: try headers.byteCount(.uploadLength),
            isLast: UploadDialect.isComplete(headers, version: version) ?? true,
            checksum: nil,
            body: request.body
        )
        return try answer(try await core.append(piece, to: id, of: caller), version)
    }

    /// 104: the upload exists, and this is where it goes on if the connection breaks.
    private static func resumptionSupported(at location: String, _ version: Int) -> HTTPResponse {
        var response = HTTPResponse(status: HTTPResponse.Status(code: 104, reasonPhrase: "Upload Resumption Supported"))
        response.headerFields = [.location: location, .uploadInteropVersion: "\(version)"]
        return response
    }

    /// What the whole request would have been answered, or that more is waited for.
    private func answer(_ upload: UploadRecord, _ version: Int) throws -> Response {
        var response =
            if upload.state == .finished {
                Response(status: .ok, json: try JSON.encode(UploadDocument(upload)))
            } else {
                Response(status: .created)
            }
        UploadDialect.draft(version: version).addPosition(UploadPosition(upload), to: &response.headers)
        return response
    }

    /// Title and wishes ride in the query; the name of the file may be where HTTP has it.
    private func intent(of request: Request) throws -> UploadIntent {
        let disposition = request.headers[.contentDisposition].flatMap { try? HeaderParameters($0) }
        return UploadIntent(try DouyinParameters(queryOf: request), filename: disposition?["filename"])
    }
}
