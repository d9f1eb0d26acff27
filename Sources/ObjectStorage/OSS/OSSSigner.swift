import Foundation

/// Signs requests to OSS, in their headers or in their address.
protocol OSSSigner: Sendable {
    /// Adds the header fields without which OSS refuses the request.
    func authorize(_ request: inout OSSRequest, at date: Date)

    /// Adds the fields to the query with which anybody may make the request for so many seconds.
    func presign(_ request: inout OSSRequest, from start: Date, expiresInSeconds: Int)
}

/// What buckets are asked to be signed with.
public enum OSSSignature: String, Sendable, CaseIterable {
    /// OSS4-HMAC-SHA256, which every region knows.
    case v4
    /// HMAC-SHA1, for old endpoints of private clouds.
    case v1

    func signer(_ credentials: StorageCredentials, region: String) -> any OSSSigner {
        switch self {
        case .v4: OSSSignerV4(credentials: credentials, region: region)
        case .v1: OSSSignerV1(credentials: credentials)
        }
    }
}
