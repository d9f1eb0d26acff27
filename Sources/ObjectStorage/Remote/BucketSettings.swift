/// Where a bucket is and how to get in.
public struct BucketSettings: Sendable {
    public var bucket: String
    /// Folders in front of every key.
    public var prefix: String
    /// `https://host` or `http://host:port`; `nil` is Amazon's or Aliyun's for the region.
    public var endpoint: String?
    /// Where our own requests go, if that is not where others reach the store, for example
    /// `https://oss-cn-hangzhou-internal.aliyuncs.com`.
    public var internalEndpoint: String?
    /// `nil` is `us-east-1` for S3, and for OSS the one that an endpoint of Aliyun's names.
    public var region: String?
    public var credentials: StorageCredentials
    /// The bucket in the path and not in the host: as most services but Amazon's want it, and for IP addresses.
    public var isPathStyle: Bool
    /// How requests are signed, if it is OSS.
    public var signature: OSSSignature

    public init(
        bucket: String,
        prefix: String = "",
        endpoint: String? = nil,
        internalEndpoint: String? = nil,
        region: String? = nil,
        credentials: StorageCredentials,
        isPathStyle: Bool = false,
        signature: OSSSignature = .v4
    ) {
        self.bucket = bucket
        self.prefix = prefix
        self.endpoint = endpoint
        self.internalEndpoint = internalEndpoint
        self.region = region
        self.credentials = credentials
        self.isPathStyle = isPathStyle
        self.signature = signature
    }

    func address(_ endpoint: String) throws(StorageError) -> BucketAddress {
        try BucketAddress(endpoint: endpoint, bucket: bucket, isPathStyle: isPathStyle)
    }
}
