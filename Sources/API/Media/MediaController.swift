import Database
import Domain
import HTTPTypes
import Hummingbird
import ObjectStorage

/// `/media/…`: finished media, for machines without nginx in front.
///
/// An address is never given to other bytes, so whoever has them keeps them.
struct MediaController {
    let store: any ObjectStore
    let videos: Videos
    let privateLinks: PrivateLinks

    func addRoutes(to router: Router<APIContext>) {
        router.get("/media/**", use: get)
        router.head("/media/**", use: get)
        router.on("/media/**", method: .options) { _, _ in
            Response(status: .noContent, headers: Self.crossOrigin)
        }
    }

    private static let crossOrigin: HTTPFields = [
        .accessControlAllowOrigin: "*",
        .accessControlAllowMethods: "GET, HEAD",
        .accessControlAllowHeaders: "Range",
        .accessControlExposeHeaders: "Content-Length, Content-Range, ETag",
    ]

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        guard let address = try await address(of: request), let object = try await store.head(address.key) else {
            throw APIError(.unknownObject, "There is nothing at this address.", chinese: "此地址没有内容。")
        }
        var headers = Self.headers(of: object, isPrivate: address.isPrivate)
        let etag = "\"\(object.etag)\""
        if Self.matches(request.headers[.ifNoneMatch], etag) { return Response(status: .notModified, headers: headers) }
        let isRangeMeant = request.headers[.ifRange].map { $0 == etag } ?? true
        switch ByteRange(header: isRangeMeant ? request.headers[.range] : nil, sizeBytes: object.sizeBytes) {
        case .whole:
            return try await respond(.ok, request, object, range: nil, headers: headers)
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(object.sizeBytes)"
            return try await respond(.partialContent, request, object, range: range, headers: headers)
        case .unsatisfiable:
            return Response(
                status: .rangeNotSatisfiable,
                headers: [.contentRange: "bytes */\(object.sizeBytes)", .contentLength: "0"]
            )
        }
    }

    private func respond(
        _ status: HTTPResponse.Status,
        _ request: Request,
        _ object: ObjectInfo,
        range: Range<Int64>?,
        headers: HTTPFields
    ) async throws -> Response {
        var headers = headers
        let length = range.map { $0.upperBound - $0.lowerBound } ?? object.sizeBytes
        headers[.contentLength] = "\(length)"
        guard request.method == .get else { return Response(status: status, headers: headers) }
        let bytes = try await store.get(object.key, range: range)
        let body = ResponseBody(contentLength: Int(length)) { writer in
            for try await buffer in bytes { try await writer.write(buffer) }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }

    /// What an address leads to: only finished media, and of those only what whoever asks may see.
    ///
    /// What creators uploaded is nobody else's to fetch.
    private func address(of request: Request) async throws -> (key: ObjectKey, isPrivate: Bool)? {
        let bytes = PercentCoding.decode(request.uri.path.utf8.dropFirst("/media/".utf8.count))
        let path = String(decoding: bytes, as: UTF8.self)
        if path.hasPrefix("private/") {
            guard let address = privateLinks.address(at: path), try await videos.hasPrivateMedia(address.media) else {
                return nil
            }
            return ObjectKey(rawValue: address.key).map { (key: $0, isPrivate: true) }
        }
        guard let key = ObjectKey(rawValue: path) else { return nil }
        let parts = path.split(separator: "/")
        switch parts.first {
        case "profiles": return (key: key, isPrivate: false)
        case "videos":
            guard parts.count > 1, let id = Int64(parts[1]) else { return nil }
            return try await videos.hasPublicMedia(VideoID(rawValue: id)) ? (key: key, isPrivate: false) : nil
        default: return nil
        }
    }

    private static func headers(of object: ObjectInfo, isPrivate: Bool) -> HTTPFields {
        var headers = crossOrigin
        headers[.contentType] = ContentType.of(object.key)
        headers[.cacheControl] = isPrivate ? "private, no-cache" : "public, max-age=31536000, immutable"
        headers[.acceptRanges] = "bytes"
        headers[.eTag] = "\"\(object.etag)\""
        headers[.xContentTypeOptions] = "nosniff"
        return headers
    }

    private static func matches(_ header: String?, _ etag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").map(\.trimmingSpace).contains { [etag, "W/\(etag)", "*"].contains($0) }
    }
}
