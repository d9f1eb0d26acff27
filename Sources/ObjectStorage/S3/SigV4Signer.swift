import Crypto

/// AWS Signature Version 4 for S3: as header fields, and in the query of an address.
struct SigV4Signer: Sendable {
    let credentials: StorageCredentials
    let region: String

    /// What a signature covers.
    struct Subject {
        var method: String
        /// Percent-encoded.
        var path: String
        /// Percent-encoded, names in order.
        var query: String
        /// Small names, each once.
        var headers: [(name: String, value: String)]
        /// Hexadecimal SHA-256 of the body, or a word instead.
        var payloadHash: String
    }

    static let algorithm = "AWS4-HMAC-SHA256"
    /// The connection keeps the body from being changed, so it need not be in the signature.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"

    /// The value of `Authorization`.
    func authorization(_ subject: Subject, at time: String) -> String {
        let credential = "\(credentials.accessKey)/\(scope(time))"
        let headers = Self.names(subject.headers)
        return
            "\(Self.algorithm) Credential=\(credential),SignedHeaders=\(headers),Signature=\(signature(subject, at: time))"
    }

    /// The query, without the signature itself, of an address that is signed for this host.
    func presignedQuery(at time: String, expiresInSeconds: Int) -> [(name: String, value: String?)] {
        var query: [(name: String, value: String?)] = [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(credentials.accessKey)/\(scope(time))"),
            ("X-Amz-Date", time), ("X-Amz-Expires", String(expiresInSeconds)), ("X-Amz-SignedHeaders", "host"),
        ]
        if let token = credentials.sessionToken { query.append(("X-Amz-Security-Token", token)) }
        return query
    }

    func signature(_ subject: Subject, at time: String) -> String {
        let text = [Self.algorithm, time, scope(time), SHA256.hash(data: Array(Self.canonical(subject).utf8)).hex]
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for part in [String(time.prefix(8)), region, "s3", "aws4_request"] { key = Self.hmac(key, part) }
        return Self.hmac(key, text.joined(separator: "\n")).hex
    }

    private static func canonical(_ subject: Subject) -> String {
        let sorted = subject.headers.sorted { $0.name < $1.name }
        let fields = sorted.map { "\($0.name):\($0.value)\n" }.joined()
        let lines = [subject.method, subject.path, subject.query, fields, names(subject.headers), subject.payloadHash]
        return lines.joined(separator: "\n")
    }

    private static func names(_ headers: [(name: String, value: String)]) -> String {
        headers.map(\.name).sorted().joined(separator: ";")
    }

    private func scope(_ time: String) -> String { "\(time.prefix(8))/\(region)/s3/aws4_request" }

    private static func hmac(_ key: [UInt8], _ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }
}
