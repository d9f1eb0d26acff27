import Foundation

/// Signs requests to OSS, in their headers or in their address.
protocol OSSSigner: Sendable {
    /// Part of what is signed, also where an address has it in its host; `nil` for requests about no bucket.
    var bucket: String? { get }

    /// Adds the header fields without which OSS refuses the request.
    func authorize(_ request: inout BucketRequest, at date: Date)

    /// Adds the fields to the query with which anybody may make the request for so many seconds.
    func presign(_ request: inout BucketRequest, from start: Date, expiresInSeconds: Int)
}

extension OSSSigner {
    /// Bucket and key, whatever form the address has.
    func resource(of request: BucketRequest) -> String { "/" + (bucket.map { "\($0)/" } ?? "") + request.path }

    /// The header fields that are signed, a line each.
    func canonicalHeaders(of request: BucketRequest, where isSigned: (String) -> Bool) -> String {
        request.headers.fields.map { ($0.name.lowercased(), $0.value) }
            .filter { isSigned($0.0) }
            .sorted { $0.0 < $1.0 }
            .map { "\($0):\($1)\n" }.joined()
    }
}

/// What buckets are asked to be signed with.
public enum OSSSignature: String, Sendable, CaseIterable {
    /// OSS4-HMAC-SHA256, which every region knows.
    case v4
    /// HMAC-SHA1, for old endpoints of private clouds.
    case v1
}
