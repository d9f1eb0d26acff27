import Crypto
import Foundation

/// The signature that came before V4: HMAC-SHA1, of the fields of the query that name a sub-resource only.
struct OSSSignerV1: OSSSigner {
    /// The fields of a query that are signed.
    private static let subresources: Set = [
        "acl", "bucketInfo", "location", "stat", "delete", "append", "tagging", "objectMeta", "uploads", "uploadId",
        "partNumber", "security-token", "position", "response-content-type", "response-content-language",
        "response-expires", "response-cache-control", "response-content-disposition", "response-content-encoding",
        "restore", "callback", "callback-var", "versions", "versioning", "versionId", "sequential",
        "continuation-token", "regionList", "cloudboxes", "symlink", "resourceGroup",
    ]

    let credentials: StorageCredentials
    let bucket: String?

    func authorize(_ request: inout BucketRequest, at date: Date) {
        let date = SigningTime(date).http
        request.headers["Date"] = date
        if let token = credentials.sessionToken { request.headers["security-token"] = token }
        let text = stringToSign(request, date: date)
        request.headers["Authorization"] = "OSS \(credentials.accessKey):\(signature(of: text))"
    }

    func presign(_ request: inout BucketRequest, from start: Date, expiresInSeconds: Int) {
        let expires = "\(Int(start.timeIntervalSince1970) + expiresInSeconds)"
        request.query += [("OSSAccessKeyId", credentials.accessKey), ("Expires", expires)]
        if let token = credentials.sessionToken { request.query.append(("security-token", token)) }
        request.query.append(("Signature", signature(of: stringToSign(request, date: expires))))
    }

    /// The date is a time as headers have it, or that of expiry in seconds since 1970.
    func stringToSign(_ request: BucketRequest, date: String) -> String {
        let fields = [
            request.method, request.headers["content-md5"] ?? "", request.headers["content-type"] ?? "", date,
        ]
        let headers = canonicalHeaders(of: request) { $0.hasPrefix("x-oss-") }
        return fields.map { "\($0)\n" }.joined() + headers + canonicalResource(of: request)
    }

    private func canonicalResource(of request: BucketRequest) -> String {
        let query = request.query.filter { Self.subresources.contains($0.name) }
            .map { (name: $0.name, value: $0.value ?? "") }.sorted { $0 < $1 }
            .map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }
        return resource(of: request) + (query.isEmpty ? "" : "?\(query.joined(separator: "&"))")
    }

    private func signature(of text: String) -> String {
        let key = SymmetricKey(data: Array(credentials.secretKey.utf8))
        return Data(HMAC<Insecure.SHA1>.authenticationCode(for: Array(text.utf8), using: key)).base64EncodedString()
    }
}
