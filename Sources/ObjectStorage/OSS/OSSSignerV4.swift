import Crypto
import Foundation

/// OSS4-HMAC-SHA256.
///
/// The body is not part of the signature: its CRC-64 is compared instead.
struct OSSSignerV4: OSSSigner {
    private static let algorithm = "OSS4-HMAC-SHA256"
    private static let terminator = "aliyun_v4_request"
    private static let unsignedPayload = "UNSIGNED-PAYLOAD"

    let credentials: StorageCredentials
    /// For example `cn-hangzhou`.
    let region: String
    let bucket: String?
    /// Names, in lower case, of headers to sign that are not signed anyway.
    var additionalHeaders: Set<String> = []

    func authorize(_ request: inout BucketRequest, at date: Date) {
        let time = SigningTime(date)
        request.headers["x-oss-date"] = time.compact
        request.headers["Date"] = time.http
        request.headers["x-oss-content-sha256"] = Self.unsignedPayload
        if let token = credentials.sessionToken { request.headers["x-oss-security-token"] = token }
        let names = additionalHeaders(of: request)
        let list = names.isEmpty ? "" : "AdditionalHeaders=\(names.joined(separator: ";")),"
        let signature = signature(of: stringToSign(request, at: time), at: time)
        request.headers["Authorization"] =
            "\(Self.algorithm) Credential=\(credentials.accessKey)/\(scope(at: time)),\(list)Signature=\(signature)"
    }

    func presign(_ request: inout BucketRequest, from start: Date, expiresInSeconds: Int) {
        let time = SigningTime(start)
        request.query += [
            ("x-oss-signature-version", Self.algorithm),
            ("x-oss-date", time.compact),
            ("x-oss-expires", "\(expiresInSeconds)"),
            ("x-oss-credential", "\(credentials.accessKey)/\(scope(at: time))"),
        ]
        if let token = credentials.sessionToken { request.query.append(("x-oss-security-token", token)) }
        let names = additionalHeaders(of: request)
        if !names.isEmpty { request.query.append(("x-oss-additional-headers", names.joined(separator: ";"))) }
        request.query.append(("x-oss-signature", signature(of: stringToSign(request, at: time), at: time)))
    }

    func stringToSign(_ request: BucketRequest, at time: SigningTime) -> String {
        let hash = SHA256.hash(data: Data(canonical(request).utf8))
        return [Self.algorithm, time.compact, scope(at: time), hash.hex].joined(separator: "\n")
    }

    private func canonical(_ request: BucketRequest) -> String {
        let names = additionalHeaders(of: request)
        return [
            request.method,
            PercentEncoding.encodePath(resource(of: request)),
            request.canonicalQuery(bareHasSign: false),
            canonicalHeaders(of: request) { Self.isAlwaysSigned($0) || names.contains($0) },
            names.joined(separator: ";"),
            request.headers["x-oss-content-sha256"] ?? Self.unsignedPayload,
        ].joined(separator: "\n")
    }

    private func additionalHeaders(of request: BucketRequest) -> [String] {
        additionalHeaders.filter { !Self.isAlwaysSigned($0) && request.headers[$0]?.isEmpty == false }.sorted()
    }

    private static func isAlwaysSigned(_ name: String) -> Bool {
        name.hasPrefix("x-oss-") || name == "content-type" || name == "content-md5"
    }

    private func scope(at time: SigningTime) -> String { "\(time.day)/\(region)/oss/\(Self.terminator)" }

    private func signature(of text: String, at time: SigningTime) -> String {
        var key = Array("aliyun_v4\(credentials.secretKey)".utf8)
        for part in [time.day, region, "oss", Self.terminator] { key = Self.hmac(key, part) }
        return Self.hmac(key, text).hex
    }

    private static func hmac(_ key: [UInt8], _ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }
}
