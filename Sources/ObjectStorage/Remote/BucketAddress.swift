/// Where a bucket is.
struct BucketAddress: Sendable {
    /// `http` or `https`.
    let scheme: String
    /// The service, with its port when that is not the scheme's own.
    let host: String
    let bucket: String
    /// The bucket as the first part of the path (`host/bucket/key`), not of the host (`bucket.host/key`).
    let isPathStyle: Bool

    /// `endpoint` is, for example, `https://s3.eu-central-1.amazonaws.com`; without a scheme, `https` is meant.
    init(endpoint: String, bucket: String, isPathStyle: Bool) throws(StorageError) {
        let parts = endpoint.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let (scheme, rest) = parts.count == 2 ? (String(parts[0]).lowercased(), parts[1]) : ("https", parts.first ?? "")
        let host = rest.hasSuffix("/") ? rest.dropLast() : rest
        guard ["http", "https"].contains(scheme), Self.isHost(host) else {
            let message = "not an endpoint: write it as https://host or http://host:port"
            throw StorageError(.invalid, doing: "open store", subject: endpoint, message: message)
        }
        guard Self.isBucketName(bucket) else {
            let message = "not a bucket's name: 3 to 63 small letters, digits, dots and hyphens"
            throw StorageError(.invalid, doing: "open store", subject: bucket, message: message)
        }
        self.scheme = scheme
        let ownPort = scheme == "https" ? ":443" : ":80"
        self.host = String(host.hasSuffix(ownPort) ? host.dropLast(ownPort.count) : host).lowercased()
        self.bucket = bucket
        self.isPathStyle = isPathStyle
    }

    /// What the `Host` field says.
    var authority: String { isPathStyle ? host : "\(bucket).\(host)" }

    /// The path of an address, percent-encoded.
    func path(of object: String) -> String {
        PercentEncoding.encodePath(isPathStyle ? "/\(bucket)/\(object)" : "/\(object)")
    }

    func url(path: String, query: String) -> String {
        "\(scheme)://\(authority)\(path)" + (query.isEmpty ? "" : "?\(query)")
    }

    private static func isHost(_ host: Substring) -> Bool {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]".utf8)
        return !host.isEmpty && host.utf8.allSatisfy { allowed.contains($0) }
    }

    private static func isBucketName(_ name: String) -> Bool {
        let inside = Set("abcdefghijklmnopqrstuvwxyz0123456789.-".utf8)
        return (3...63).contains(name.utf8.count) && name.utf8.allSatisfy { inside.contains($0) }
            && name.first != "-" && name.last != "-" && name.first != "." && name.last != "."
    }
}
