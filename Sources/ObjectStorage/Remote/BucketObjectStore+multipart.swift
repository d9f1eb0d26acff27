import Foundation
import NIOCore
import NIOPosix

extension BucketObjectStore {
    public func beginMultipart(_ key: ObjectKey) async throws -> MultipartUpload {
        var request = BucketRequest("POST", path(key), query: [("uploads", nil)])
        request.headers["Content-Type"] = ContentType.of(key)
        // Made twice, one of them is swept as abandoned.
        let answer = try await document(request, doing: "begin upload")
        guard let id = answer["UploadId"]?.text, !id.isEmpty else {
            throw StorageError(.system, doing: "begin upload", subject: key.rawValue, message: "the answer has no id")
        }
        return MultipartUpload(key: key, id: id, startedAt: Date())
    }

    public func putPart(
        _ number: Int,
        of upload: MultipartUpload,
        file path: String,
        range: Range<Int64>
    ) async throws -> MultipartPart {
        let file = try await threads.runIfActive { try FileDescriptor(openingSource: path) }
        return try await putPart(number, of: upload, file: file, range: range)
    }

    func putPart(
        _ number: Int,
        of upload: MultipartUpload,
        file: FileDescriptor,
        range: Range<Int64>
    ) async throws -> MultipartPart {
        try check(upload)
        guard MultipartUpload.partNumbers.contains(number) else {
            throw invalid("put part", upload.key, "a part's number is one of \(MultipartUpload.partNumbers)")
        }
        guard range.lowerBound >= 0, range.upperBound <= Int64(try file.status().st_size) else {
            throw invalid("put part", upload.key, "the file has no bytes \(range)")
        }
        let digest = try await digest(of: file, range: range)
        return try await putPart(number, of: upload, body: .file(path: file.path, range: range), digest: digest)
    }

    func putPart(
        _ number: Int,
        of upload: MultipartUpload,
        body: CurlBody,
        digest: BodyDigest
    ) async throws -> MultipartPart {
        let query: [(name: String, value: String?)] = [("partNumber", String(number)), ("uploadId", upload.id)]
        let request = BucketRequest("PUT", path(upload.key), query: query, body: body, digest: digest)
        let answer = try await client.send(request, doing: "put part") {
            try confirm(digest, $0, doing: "put part", upload.key)
        }
        guard let etag = answer.headers["ETag"] else {
            throw invalid("put part", upload.key, "the answer has no tag")
        }
        return MultipartPart(
            number: number,
            sizeBytes: digest.sizeBytes,
            etag: etag.unquoted,
            crc64: digest.crc64
        )
    }

    public func complete(_ upload: MultipartUpload, parts: [MultipartPart]) async throws -> ObjectInfo {
        try check(upload)
        let parts = parts.sorted { $0.number < $1.number }
        let sizeBytes = parts.reduce(0) { $0 + $1.sizeBytes }
        do {
            try await sendComplete(upload, parts: parts)
        } catch let error as StorageError where error.code == .notFound {
            // Completed already, if the answer to an attempt before was lost; the head below tells.
            guard let headers = try await headers(of: upload.key), let info = try? info(upload.key, headers),
                info.sizeBytes == sizeBytes, client.dialect.confirms(parts, headers, etag: info.etag) == true
            else { throw error }
            return info
        }
        guard let info = try await head(upload.key) else { throw missing(upload.key) }
        guard info.sizeBytes == sizeBytes else {
            throw damaged(
                "complete upload",
                upload.key,
                "the object has \(info.sizeBytes) bytes, the parts \(sizeBytes)"
            )
        }
        return info
    }

    public func abort(_ upload: MultipartUpload) async throws {
        do {
            try check(upload)
            let request = BucketRequest("DELETE", path(upload.key), query: [("uploadId", upload.id)])
            try await client.send(request, doing: "abort upload")
        } catch let error as StorageError where error.code == .notFound {
            return
        }
    }

    /// No service has an id with a slash in it; some take it for a path.
    func check(_ upload: MultipartUpload) throws(StorageError) {
        guard upload.id.isEmpty || upload.id.contains("/") else { return }
        throw StorageError(.notFound, doing: "find upload", subject: upload.key.rawValue, message: "no such upload")
    }

    func invalid(_ doing: String, _ key: ObjectKey, _ message: String) -> StorageError {
        StorageError(.invalid, doing: doing, subject: key.rawValue, message: message)
    }

    private func sendComplete(_ upload: MultipartUpload, parts: [MultipartPart]) async throws {
        guard !parts.isEmpty, Set(parts.map(\.number)).count == parts.count else {
            throw invalid("complete upload", upload.key, "an upload has one part at least, and no part twice")
        }
        let list = parts.map {
            "<Part><PartNumber>\($0.number)</PartNumber><ETag>&quot;\(XMLElement.escape($0.etag))&quot;</ETag></Part>"
        }
        let body = ByteBuffer(string: "<CompleteMultipartUpload>\(list.joined())</CompleteMultipartUpload>")
        let digest = BodyDigest.of(body, client.dialect.digests)
        let query: [(name: String, value: String?)] = [("uploadId", upload.id)]
        var request = BucketRequest("POST", path(upload.key), query: query, body: .bytes(body), digest: digest)
        request.headers["Content-Type"] = "application/xml"
        let doing = "complete upload"
        try await client.send(request, doing: doing) { answer in
            let document = try failIfError(answer, doing: doing, upload.key)
            let etag = (document["ETag"]?.text ?? "").unquoted
            guard client.dialect.confirms(parts, answer.headers, etag: etag) != false else {
                throw damaged(doing, upload.key, "the object is not made of the parts that were sent")
            }
        }
    }
}

/// Whole objects in parts.
extension BucketObjectStore {
    /// What part has which bytes, each part at least as long as the one before.
    func ranges(ofBytes sizeBytes: Int64) -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        var start: Int64 = 0
        while start < sizeBytes {
            let end = min(sizeBytes, start + partBytes(ranges.count + 1))
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }

    func partBytes(_ number: Int) -> Int64 { configuration.partBytes << Int64((number - 1) / 1000) }

    func putInParts(_ key: ObjectKey, file: FileDescriptor, sizeBytes: Int64) async throws {
        try await inParts(key, ranges(ofBytes: sizeBytes)) { number, range, upload in
            try await putPart(number, of: upload, file: file, range: range)
        }
    }

    func copyInParts(_ source: ObjectInfo, to target: ObjectKey) async throws {
        let step = configuration.copyBytes
        let ranges = stride(from: 0, to: source.sizeBytes, by: Int64.Stride(step)).map {
            $0..<min($0 + step, source.sizeBytes)
        }
        try await inParts(target, ranges) { number, range, upload in
            try await copyPart(number, of: upload, from: source, range: range)
        }
    }

    /// Makes an object of ranges, some at once; leaves nothing behind when one fails.
    private func inParts(
        _ key: ObjectKey,
        _ ranges: [Range<Int64>],
        _ part: @escaping @Sendable (Int, Range<Int64>, MultipartUpload) async throws -> MultipartPart
    ) async throws {
        let upload = try await beginMultipart(key)
        let sender = PartSender(atOnce: configuration.partsAtOnce)
        do {
            let parts = try await withTaskCancellationHandler {
                for (index, range) in ranges.enumerated() {
                    try Task.checkCancellation()
                    try await sender.begin { try await part(index + 1, range, upload) }
                }
                return try await sender.finish()
            } onCancel: {
                sender.cancel()
            }
            _ = try await complete(upload, parts: parts)
        } catch {
            sender.cancel()
            await sender.stop()
            await abandon(upload)
            throw error
        }
    }

    /// Removes an upload also when its task was cancelled; if that fails, the sweep of abandoned uploads does it.
    func abandon(_ upload: MultipartUpload) async {
        await Task { try? await abort(upload) }.value
    }

    private func copyPart(
        _ number: Int,
        of upload: MultipartUpload,
        from source: ObjectInfo,
        range: Range<Int64>
    ) async throws -> MultipartPart {
        let name = client.dialect.headerPrefix
        var headers = copyHeaders(source.key)
        headers["\(name)copy-source-if-match"] = "\"\(source.etag)\""
        headers["\(name)copy-source-range"] = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        let query: [(name: String, value: String?)] = [("partNumber", String(number)), ("uploadId", upload.id)]
        let request = BucketRequest("PUT", path(upload.key), query: query, headers: headers)
        let answer = try await client.send(request, doing: "copy part") {
            try failIfError($0, doing: "copy part", upload.key)
        }
        let etag = XMLElement(document: answer.body)?["ETag"]?.text ?? ""
        return MultipartPart(number: number, sizeBytes: Int64(range.count), etag: etag.unquoted)
    }
}
