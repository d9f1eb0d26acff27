public import NIOPosix

extension BucketObjectStore {
    /// A store in a bucket of Amazon S3 or of a service that copies it.
    public init(
        s3 settings: BucketSettings,
        configuration: Configuration = Configuration(),
        threads: NIOThreadPool = .singleton
    ) throws {
        let region = settings.region ?? "us-east-1"
        let endpoint = settings.endpoint ?? "https://s3.\(region).amazonaws.com"
        let dialect = S3Dialect(
            address: try settings.address(settings.internalEndpoint ?? endpoint),
            publicAddress: try settings.address(endpoint),
            signer: SigV4Signer(credentials: settings.credentials, region: region)
        )
        self.init(dialect, prefix: settings.prefix, configuration: configuration, threads: threads)
    }
}
