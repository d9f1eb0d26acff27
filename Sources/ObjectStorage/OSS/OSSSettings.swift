public import NIOPosix

/// Where an OSS bucket is and how to get in.
public struct OSSSettings: Sendable {
    public var bucket: String
    /// Folders in front of every key.
    public var prefix: String
    /// `https://oss-cn-hangzhou.aliyuncs.com` or the like; `nil` is Aliyun's for the region.
    public var endpoint: String?
    /// Where our own requests go, for example `https://oss-cn-hangzhou-internal.aliyuncs.com`; `nil` is ``endpoint``.
    public var internalEndpoint: String?
    /// For example `cn-hangzhou`; `nil` is the one that an endpoint of Aliyun's names.
    public var region: String?
    public var credentials: StorageCredentials
    public var signature: OSSSignature
    /// The bucket in the path and not in the host: for endpoints that are an IP address.
    public var isPathStyle: Bool

    public init(
        bucket: String,
        prefix: String = "",
        endpoint: String? = nil,
        internalEndpoint: String? = nil,
        region: String? = nil,
        credentials: StorageCredentials,
        signature: OSSSignature = .v4,
        isPathStyle: Bool = false
    ) {
        self.bucket = bucket
        self.prefix = prefix
        self.endpoint = endpoint
        self.internalEndpoint = internalEndpoint
        self.region = region
        self.credentials = credentials
        self.signature = signature
        self.isPathStyle = isPathStyle
    }

    /// The region, as far as it is known: V1 does without.
    var signedRegion: String? { region ?? endpoint.flatMap(Self.region) ?? internalEndpoint.flatMap(Self.region) }

    /// From `oss-cn-hangzhou.aliyuncs.com` or `oss-cn-hangzhou-internal.aliyuncs.com`.
    private static func region(ofEndpoint endpoint: String) -> String? {
        let host = endpoint.split(separator: "/").last.map(String.init) ?? ""
        guard host.hasPrefix("oss-"), let end = host.firstRange(of: ".aliyuncs.com") else { return nil }
        let name = host[..<end.lowerBound].dropFirst(4)
        return String(name.hasSuffix("-internal") ? name.dropLast("-internal".count) : name)
    }
}

extension BucketObjectStore {
    /// The longest object that OSS copies by one request, in bytes.
    private static let ossCopyBytes: Int64 = 1024 * 1024 * 1024

    /// A store in a bucket of Aliyun OSS.
    public init(
        oss settings: OSSSettings,
        configuration: Configuration = Configuration(),
        threads: NIOThreadPool = .singleton
    ) throws {
        let region = settings.signedRegion
        guard let endpoint = settings.endpoint ?? region.map({ "https://oss-\($0).aliyuncs.com" }),
            region != nil || settings.signature == .v1
        else {
            let message = "set CLIPYARD_STORAGE_REGION to the bucket's region, for example cn-hangzhou"
            throw StorageError(.invalid, doing: "open store", subject: settings.bucket, message: message)
        }
        let address = { (endpoint: String) throws(StorageError) in
            try BucketAddress(endpoint: endpoint, bucket: settings.bucket, isPathStyle: settings.isPathStyle)
        }
        let dialect = OSSDialect(
            address: try address(settings.internalEndpoint ?? endpoint),
            publicAddress: try address(endpoint),
            signer: settings.signer(region: region ?? "")
        )
        var configuration = configuration
        configuration.copyBytes = min(configuration.copyBytes, Self.ossCopyBytes)
        self.init(dialect, prefix: settings.prefix, configuration: configuration, threads: threads)
    }
}

extension OSSSettings {
    fileprivate func signer(region: String) -> any OSSSigner {
        switch signature {
        case .v4: OSSSignerV4(credentials: credentials, region: region, bucket: bucket)
        case .v1: OSSSignerV1(credentials: credentials, bucket: bucket)
        }
    }
}
