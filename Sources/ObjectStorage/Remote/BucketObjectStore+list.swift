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
            token = page["IsTruncated"]?.text == "true" ? page["NextContinuationToken"]?.text : nil
        } while token != nil
        return found.sorted { $0.key.rawValue.utf8.lexicographicallyPrecedes($1.key.rawValue.utf8) }
    }

    public func multiparts(prefix: String) async throws -> [MultipartUpload] {
        var found: [MultipartUpload] = []
        var markers: [(name: String, value: String?)]? = []
        while let after = markers {
            let query: [(name: String, value: String?)] = [("uploads", nil), ("prefix", self.prefix + prefix)]
            let page = try await document(BucketRequest("GET", query: query + after), doing: "list uploads")
            found += page.all("Upload").compactMap(upload).filter { $0.key.rawValue.hasPrefix(prefix) }
            markers = page["IsTruncated"]?.text == "true" ? Self.markers(page) : nil
        }
        return found.sorted { $0.key.rawValue.utf8.lexicographicallyPrecedes($1.key.rawValue.utf8) }
    }

    public func parts(of upload: MultipartUpload) async throws -> [MultipartPart] {
        try check(upload)
        var found: [MultipartPart] = []
        var marker: String?
        repeat {
            let after = marker.map { [(name: "part-number-marker", value: Optional($0))] } ?? []
            let request = BucketRequest("GET", path(upload.key), query: [("uploadId", upload.id)] + after)
            let page = try await document(request, doing: "list parts")
            found += page.all("Part").compactMap(part)
            marker = page["IsTruncated"]?.text == "true" ? page["NextPartNumberMarker"]?.text : nil
        } while marker != nil
        return found.sorted { $0.number < $1.number }
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
        guard let key = key(element), let sizeBytes = element["Size"].flatMap({ Int64($0.text) }) else { return nil }
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
            let sizeBytes = element["Size"].flatMap({ Int64($0.text) })
        else { return nil }
        let crc64 = element["HashCrc64ecma"].flatMap { UInt64($0.text) }
        let etag = (element["ETag"]?.text ?? "").unquoted
        return MultipartPart(number: number, sizeBytes: sizeBytes, etag: etag, crc64: crc64)
    }

    private func time(_ element: XMLElement?) -> Date {
        element.flatMap { StorageTime.parse($0.text) } ?? Date(timeIntervalSince1970: 0)
    }

    private static func markers(_ page: XMLElement) -> [(name: String, value: String?)] {
        [("key-marker", page["NextKeyMarker"]?.text), ("upload-id-marker", page["NextUploadIdMarker"]?.text)]
    }
}
