import Foundation

extension BucketObjectStore {
    /// The most that a service answers with at once.
    private static let listedAtOnce = 1000

    public func list(prefix: String) async throws -> [ObjectInfo] {
        var found: [ObjectInfo] = []
        var token: String?
        repeat {
            let request = listRequest(prefix: self.prefix + prefix, after: token, atOnce: Self.listedAtOnce)
            let page = try await document(request, doing: "list")
            // With an odd prefix, some services find what does not begin with it.
            found += page.all("Contents").compactMap(object).filter { $0.key.rawValue.hasPrefix(prefix) }
            token = try next(page, "NextContinuationToken", after: token, doing: "list")
        } while token != nil
        return found.sorted { $0.key.rawValue.utf8.lexicographicallyPrecedes($1.key.rawValue.utf8) }
    }

    public func multiparts(prefix: String) async throws -> [MultipartUpload] {
        var found: [MultipartUpload] = []
        var (key, id): (String?, String?) = (nil, nil)
        repeat {
            var query: [(name: String, value: String?)] = [("uploads", nil), ("prefix", self.prefix + prefix)]
            if let key { query += [("key-marker", key), ("upload-id-marker", id)] }
            let page = try await document(BucketRequest("GET", query: query), doing: "list uploads")
            found += page.all("Upload").compactMap(upload).filter { $0.key.rawValue.hasPrefix(prefix) }
            // Uploads of one key may fill several pages.
            let nextID = page["NextUploadIdMarker"]?.text
            key = try next(page, "NextKeyMarker", after: nextID == id ? key : nil, doing: "list uploads")
            id = nextID
        } while key != nil
        return found.sorted { $0.key.rawValue.utf8.lexicographicallyPrecedes($1.key.rawValue.utf8) }
    }

    public func parts(of upload: MultipartUpload) async throws -> [MultipartPart] {
        try check(upload)
        // SeaweedFS lists both where a part was sent twice, as happens when the answer was lost: the newer one counts.
        var found: [Int: (part: MultipartPart, modifiedAt: Date)] = [:]
        var marker: String?
        repeat {
            let after = marker.map { [(name: "part-number-marker", value: Optional($0))] } ?? []
            let request = BucketRequest("GET", path(upload.key), query: [("uploadId", upload.id)] + after)
            let page = try await document(request, doing: "list parts")
            for element in page.all("Part") {
                guard let part = part(element) else { continue }
                let modifiedAt = time(element["LastModified"])
                if let other = found[part.number], other.modifiedAt > modifiedAt { continue }
                found[part.number] = (part, modifiedAt)
            }
            marker = try next(page, "NextPartNumberMarker", after: marker, doing: "list parts")
        } while marker != nil
        return found.values.map(\.part).sorted { $0.number < $1.number }
    }

    func listRequest(prefix: String, after token: String?, atOnce: Int) -> BucketRequest {
        var query: [(name: String, value: String?)] = [
            ("list-type", "2"), ("max-keys", String(atOnce)), ("prefix", prefix),
        ]
        if let token { query.append(("continuation-token", token)) }
        return BucketRequest("GET", query: query)
    }

    func document(_ request: BucketRequest, doing: String) async throws -> XMLElement {
        let answer = try await client.send(request, doing: doing) { _ = try document($0, doing: doing, request.path) }
        return try document(answer, doing: doing, request.path)
    }

    func document(_ answer: CurlResponse, doing: String, _ subject: String) throws(StorageError) -> XMLElement {
        if let document = XMLElement(document: answer.body) { return document }
        let message = "\(client.dialect.name) answered something else than XML"
        throw StorageError(.damaged, doing: doing, subject: subject, message: message)
    }

    /// The key below the store's prefix; others than ours may have put objects there whose names are none of our keys.
    private func key(_ element: XMLElement) -> ObjectKey? {
        guard let name = element["Key"]?.text, name.hasPrefix(prefix) else { return nil }
        return ObjectKey(rawValue: String(name.dropFirst(prefix.count)))
    }

    private func object(_ element: XMLElement) -> ObjectInfo? {
        guard let key = key(element), let sizeBytes = element["Size"].flatMap({ ObjectInfo.size($0.text) }) else {
            return nil
        }
        return ObjectInfo(
            key: key,
            sizeBytes: sizeBytes,
            modifiedAt: time(element["LastModified"]),
            etag: (element["ETag"]?.text ?? "").unquoted
        )
    }

    private func upload(_ element: XMLElement) -> MultipartUpload? {
        guard let key = key(element), let id = element["UploadId"]?.text else { return nil }
        return MultipartUpload(key: key, id: id, startedAt: time(element["Initiated"]))
    }

    private func part(_ element: XMLElement) -> MultipartPart? {
        guard let number = element["PartNumber"].flatMap({ Int($0.text) }),
            MultipartUpload.partNumbers.contains(number),
            let sizeBytes = element["Size"].flatMap({ ObjectInfo.size($0.text) })
        else { return nil }
        let crc64 = element["HashCrc64ecma"].flatMap { UInt64($0.text) }
        let etag = (element["ETag"]?.text ?? "").unquoted
        return MultipartPart(number: number, sizeBytes: sizeBytes, etag: etag, crc64: crc64)
    }

    private func time(_ element: XMLElement?) -> Date {
        element.flatMap { StorageTime.parse($0.text) } ?? Date(timeIntervalSince1970: 0)
    }

    /// Where the next page begins; `nil` when this is the last one.
    ///
    /// A listing that ends early would make objects look lost, and one that begins anew would never end.
    private func next(_ page: XMLElement, _ name: String, after marker: String?, doing: String) throws -> String? {
        guard page["IsTruncated"]?.text == "true" else { return nil }
        guard let next = page[name]?.text, !next.isEmpty, next != marker else {
            let message = "\(client.dialect.name) has more to list and does not say from where"
            throw StorageError(.damaged, doing: doing, subject: client.dialect.bucket, message: message)
        }
        return next
    }
}
