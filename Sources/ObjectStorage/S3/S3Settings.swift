public import NIOPosix

/// Where an S3 bucket is and how to get in.
public struct S3Settings: Sendable {
    public var bucket: String
    /// Folders in front of every key.
    public var prefix: String
    /// `https://host` or `http://host:port`; `nil` is Amazon's for the region.
    public var endpoint: String?
    /// Where our own requests go, if that is not where others reach the store.
    public var internalEndpoint: String?
    public var region: String
    public var credentials: StorageCredentials
    /// The bucket in the path and not in the host, as most services but Amazon's want it.
    public var isPathStyle: Bool

    public init(
        bucket: String,
        prefix: String = "",
        endpoint: String? = nil,
        internalEndpoint: String? = nil,
        region: String = "us-east-1",
        credentials: StorageCredentials,
        isPathStyle: Bool = false
    ) {
        self.bucket = bucket
        self.prefix = prefix
        self.endpoint = endpoint
        self.internalEndpoint = internalEndpoint
        self.region = region
        self.credentials = credentials
        self.isPathStyle = isPathStyle
    }
}

extension BucketObjectStore {
    /// A store in a bucket of Amazon S3 or of a service that copies it.
    public init(
        s3 settings: S3Settings,
        configuration: Configuration = Configuration(),
        threads: NIOThreadPool = .singleton
    ) throws {
        let endpoint = settings.endpoint ?? "https://s3.\(settings.region).amazonaws.com"
        let address = { (endpoint: String) throws(StorageError) in
            try BucketAddress(endpoint: endpoint, bucket: settings.bucket, isPathStyle: settings.isPathStyle)
        }
        let dialect = S3Dialect(
            address: try address(settings.internalEndpoint ?? endpoint),
            publicAddress: try address(endpoint),
            signer: SigV4Signer(credentials: settings.credentials, region: settings.region)
        )
        self.init(dialect, prefix: settings.prefix, configuration: configuration, threads: threads)
    }
}
