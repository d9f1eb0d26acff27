/// Where the objects of a bucket are for a program that reads them by itself, as nginx does.
public struct BucketLocation: Sendable, Equatable {
    /// `http` or `https`.
    public var scheme: String
    /// What the field `Host` says, with a port when that is not the scheme's own.
    public var host: String
    /// What stands before a key in the path: empty, or with a slash at its end.
    public var pathPrefix: String
}

extension BucketObjectStore {
    /// Where our own requests go.
    public var location: BucketLocation {
        let address = client.dialect.address
        return BucketLocation(
            scheme: address.scheme,
            host: address.authority,
            pathPrefix: (address.isPathStyle ? "\(address.bucket)/" : "") + prefix
        )
    }
}
