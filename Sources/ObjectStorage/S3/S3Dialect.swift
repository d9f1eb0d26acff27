import Crypto
import Foundation

/// Amazon S3 and the many services that copy it.
struct S3Dialect: BucketDialect {
    let name = "S3"
    let headerPrefix = "x-amz-"
    /// Where our own requests go.
    let address: BucketAddress
    /// Where those of others go that have a signed address.
    let publicAddress: BucketAddress
    let signer: SigV4Signer

    var bucket: String { address.bucket }

    /// Without TLS somebody between could change a body, so its SHA-256 goes into the signature.
    var digests: BodyDigest.Kinds { address.scheme == "https" ? .md5 : [.md5, .sha256] }

    func signed(_ request: BucketRequest, at now: Date) -> CurlRequest {
        let time = SigningTime(now).compact
        let path = address.path(of: request.path)
        let query = request.canonicalQuery(bareHasSign: true)
        var headers = request.headers
        let payloadHash = payloadHash(of: request)
        headers["x-amz-date"] = time
        headers["x-amz-content-sha256"] = payloadHash
        headers["x-amz-security-token"] = signer.credentials.sessionToken
        if let md5 = request.digest?.md5 { headers["Content-MD5"] = Data(md5).base64EncodedString() }
        let covered = headers.fields.map { (name: $0.name.lowercased(), value: $0.value) }
        let subject = SigV4Signer.Subject(
            method: request.method,
            path: path,
            query: query,
            headers: covered + [(name: "host", value: address.authority)],
            payloadHash: payloadHash
        )
        headers["Authorization"] = signer.authorization(subject, at: time)
        return CurlRequest(
            request.method,
            address.url(path: path, query: query),
            headers: headers,
            body: request.body
        )
    }

    func presigned(_ method: String, _ path: String, expiresInSeconds: Int, at now: Date) -> String {
        let time = SigningTime(now).compact
        var request = BucketRequest(method, path)
        request.query = signer.presignedQuery(at: time, expiresInSeconds: expiresInSeconds)
        let query = request.canonicalQuery(bareHasSign: true)
        let encodedPath = publicAddress.path(of: path)
        let subject = SigV4Signer.Subject(
            method: method,
            path: encodedPath,
            query: query,
            headers: [(name: "host", value: publicAddress.authority)],
            payloadHash: SigV4Signer.unsignedPayload
        )
        let signature = signer.signature(subject, at: time)
        return publicAddress.url(path: encodedPath, query: "\(query)&X-Amz-Signature=\(signature)")
    }

    func confirms(_ digest: BodyDigest, _ answer: CurlHeaders) -> Bool? {
        guard let md5 = digest.md5?.hex, let etag = Self.md5(in: answer) else { return nil }
        return etag == md5
    }

    /// The tag of a multipart object is the MD5 of its parts' MD5s, and their number.
    func confirms(_ parts: [MultipartPart], _ answer: CurlHeaders, etag: String) -> Bool? {
        let sums = parts.compactMap { Self.bytes(hex: $0.etag) }
        guard Self.isPlain(answer), sums.count == parts.count, etag.hasSuffix("-\(parts.count)") else { return nil }
        let sum = Insecure.MD5.hash(data: Array(sums.joined())).hex
        return etag == "\(sum)-\(parts.count)"
    }

    func digest(ofObjectWith answer: CurlHeaders) -> BodyDigest? {
        Self.md5(in: answer).flatMap(Self.bytes).map { BodyDigest(md5: $0) }
    }

    private func payloadHash(of request: BucketRequest) -> String {
        if case .none = request.body { return SHA256.hash(data: [UInt8]()).hex }
        return request.digest?.sha256?.hex ?? SigV4Signer.unsignedPayload
    }

    /// The tag where it is the bytes' MD5: with a key of KMS or of the customer it is something else.
    private static func md5(in answer: CurlHeaders) -> String? {
        guard isPlain(answer), let etag = answer["ETag"]?.unquoted.lowercased(), bytes(hex: etag) != nil else {
            return nil
        }
        return etag
    }

    private static func isPlain(_ answer: CurlHeaders) -> Bool {
        let encryption = answer["x-amz-server-side-encryption"] ?? "AES256"
        return encryption == "AES256" && answer["x-amz-server-side-encryption-customer-algorithm"] == nil
    }

    private static func bytes(hex: String) -> [UInt8]? {
        guard hex.utf8.count == 32 else { return nil }
        let digits = Array(hex.utf8).map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard !digits.contains(nil) else { return nil }
        let values = digits.compactMap(\.self)
        return stride(from: 0, to: 32, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
    }
}

extension String {
    /// Without the quotes that a tag has on the wire.
    var unquoted: String { count >= 2 && first == "\"" && last == "\"" ? String(dropFirst().dropLast()) : self }
}
