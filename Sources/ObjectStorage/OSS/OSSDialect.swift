import Foundation

/// Aliyun OSS, where it differs from S3: signatures, and a CRC-64 of every object.
struct OSSDialect: BucketDialect {
    let name = "OSS"
    let headerPrefix = "x-oss-"
    /// With MD5, OSS refuses bytes that were altered on the way; CRC-64 shows what it has stored.
    let digests: BodyDigest.Kinds = [.md5, .crc64]
    /// Where our own requests go: inside Aliyun's network that costs nothing.
    let address: BucketAddress
    /// Where those of others go that have a signed address.
    let publicAddress: BucketAddress
    let signer: any OSSSigner

    private static let checksumField = "x-oss-hash-crc64ecma"

    var bucket: String { address.bucket }

    func signed(_ request: BucketRequest, at now: Date) -> CurlRequest {
        var signed = request
        if let md5 = request.digest?.md5 { signed.headers["Content-MD5"] = Data(md5).base64EncodedString() }
        // Otherwise OSS answers an impossible range with the whole object.
        if request.headers["Range"] != nil { signed.headers["x-oss-range-behavior"] = "standard" }
        signer.authorize(&signed, at: now)
        return CurlRequest(
            signed.method,
            address.url(path: address.path(of: signed.path), query: signed.encodedQuery(bareHasSign: false)),
            headers: signed.headers,
            body: signed.body
        )
    }

    func presigned(_ method: String, _ path: String, expiresInSeconds: Int, at now: Date) -> String {
        var request = BucketRequest(method, path)
        signer.presign(&request, from: now, expiresInSeconds: expiresInSeconds)
        return publicAddress.url(
            path: publicAddress.path(of: path),
            query: request.encodedQuery(bareHasSign: false)
        )
    }

    func confirms(_ digest: BodyDigest, _ answer: CurlHeaders) -> Bool? {
        guard let stored = Self.checksum(in: answer), let sent = digest.crc64 else { return nil }
        return stored == sent
    }

    func confirms(_ parts: [MultipartPart], _ answer: CurlHeaders, etag: String) -> Bool? {
        guard let stored = Self.checksum(in: answer) else { return nil }
        var whole: UInt64 = 0
        for part in parts {
            guard let crc64 = part.crc64 else { return nil }
            whole = CRC64.combine(whole, crc64, secondBytes: part.sizeBytes)
        }
        return stored == whole
    }

    func digest(ofObjectWith answer: CurlHeaders) -> BodyDigest? {
        Self.checksum(in: answer).map { BodyDigest(crc64: $0) }
    }

    private static func checksum(in answer: CurlHeaders) -> UInt64? { answer[checksumField].flatMap { UInt64($0) } }
}
