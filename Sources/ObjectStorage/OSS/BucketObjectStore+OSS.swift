public import NIOPosix

extension BucketObjectStore {
    /// The longest object that OSS copies by one request, in bytes.
    private static let ossCopyBytes: Int64 = 1024 * 1024 * 1024

    /// A store in a bucket of Aliyun OSS.
    public init(
        oss settings: BucketSettings,
        configuration: Configuration = Configuration(),
        threads: NIOThreadPool = .singleton
    ) throws {
        let region = settings.ossRegion
        guard let endpoint = settings.endpoint ?? region.map({ "https://oss-\($0).aliyuncs.com" }),
            region != nil || settings.signature == .v1
        else {
            let message = "set CLIPYARD_STORAGE_REGION to the bucket's region, for example cn-hangzhou"
            throw StorageError(.invalid, doing: "open store", subject: settings.bucket, message: message)
        }
        let dialect = OSSDialect(
            address: try settings.address(settings.internalEndpoint ?? endpoint),
            publicAddress: try settings.address(endpoint),
            signer: settings.ossSigner(region: region ?? "")
        )
        var configuration = configuration
        configuration.copyBytes = min(configuration.copyBytes, Self.ossCopyBytes)
        self.init(dialect, prefix: settings.prefix, configuration: configuration, threads: threads)
    }
}

extension BucketSettings {
    /// The region, as far as it is known: V1 does without.
    var ossRegion: String? { region ?? endpoint.flatMap(Self.region) ?? internalEndpoint.flatMap(Self.region) }

    /// From `oss-cn-hangzhou.aliyuncs.com` or `oss-cn-hangzhou-internal.aliyuncs.com`.
    private static func region(ofEndpoint endpoint: String) -> String? {
        let host = endpoint.split(separator: "/").last.map(String.init) ?? ""
        guard host.hasPrefix("oss-"), let end = host.firstRange(of: ".aliyuncs.com") else { return nil }
        let name = host[..<end.lowerBound].dropFirst(4)
        return String(name.hasSuffix("-internal") ? name.dropLast("-internal".count) : name)
    }

    fileprivate func ossSigner(region: String) -> any OSSSigner {
        switch signature {
        case .v4: OSSSignerV4(credentials: credentials, region: region, bucket: bucket)
        case .v1: OSSSignerV1(credentials: credentials, bucket: bucket)
        }
    }
}
