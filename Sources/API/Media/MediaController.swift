import HTTPTypes
import Hummingbird
import ObjectStorage

/// `/media/…`: finished media, for machines without nginx in front.
///
/// An address is never given to other bytes, so whoever has them keeps them.
struct MediaController {
    let store: any ObjectStore

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

    /// The types of HLS (RFC 8216) and of what else a package holds.
    private static let types = [
        "m3u8": "application/vnd.apple.mpegurl", "mp4": "video/mp4", "m4s": "video/iso.segment", "jpg": "image/jpeg",
        "webp": "image/webp", "png": "image/png", "vtt": "text/vtt",
    ]

    @Sendable private func get(_ request: Request, context: APIContext) async throws -> Response {
        guard let key = Self.key(of: request), let object = try await store.head(key) else {
            throw APIError(.unknownObject, "There is nothing at this address.", chinese: "此地址没有内容。")
        }
        var headers = Self.headers(of: object)
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

    /// The folders of what everyone may fetch.
    private static let published = ["videos/", "profiles/"]

    /// Only finished media: what creators uploaded is nobody else's to fetch.
    private static func key(of request: Request) -> ObjectKey? {
        let path = PercentCoding.decode(request.uri.path.utf8.dropFirst("/media/".utf8.count))
        guard let key = ObjectKey(rawValue: String(decoding: path, as: UTF8.self)),
            published.contains(where: key.rawValue.hasPrefix)
        else { return nil }
        return key
    }

    private static func headers(of object: ObjectInfo) -> HTTPFields {
        var headers = crossOrigin
        let suffix = object.key.rawValue.split(separator: ".").last.map(String.init) ?? ""
        headers[.contentType] = types[suffix] ?? "application/octet-stream"
        headers[.cacheControl] = "public, max-age=31536000, immutable"
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
