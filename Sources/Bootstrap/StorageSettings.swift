/// Where objects are, and how to get in.
public struct StorageSettings: Sendable {
    /// `CLIPYARD_STORAGE` (default `{home}/objects`): a folder, `s3://bucket/prefix` or `oss://bucket/prefix`.
    public let location: String
    /// `CLIPYARD_STORAGE_ENDPOINT`: the service, as `https://host` or `http://host:port`; by default Amazon's or Aliyun's for the region.
    public let endpoint: String?
    /// `CLIPYARD_STORAGE_INTERNAL_ENDPOINT`: where our own requests go, if that is not where viewers reach the service.
    public let internalEndpoint: String?
    /// `CLIPYARD_STORAGE_REGION` (S3: default `us-east-1`).
    public let region: String?
    /// `CLIPYARD_STORAGE_ACCESS_KEY` and `CLIPYARD_STORAGE_SECRET_KEY`: needed for a bucket.
    public let accessKey: Secret?
    public let secretKey: Secret?
    /// `CLIPYARD_STORAGE_SESSION_TOKEN`: of temporary credentials (STS).
    public let sessionToken: Secret?
    /// `CLIPYARD_STORAGE_PATH_STYLE` (default `no`): `yes` puts the bucket into the path, as most services but Amazon's and Aliyun's want it.
    public let isPathStyle: Bool
    /// `CLIPYARD_STORAGE_SIGNATURE` (default `v4`): `v1` for old endpoints of OSS.
    public let signature: Signature
    /// `CLIPYARD_STORAGE_CA_FILE`: certificates (PEM) that are trusted instead of the system's, for a service with a private authority.
    public let certificateAuthorities: String?
    /// `CLIPYARD_STORAGE_CONNECT_SECONDS` (default 10): how long connecting may take, name lookup and TLS included.
    public let connectSeconds: Int
    /// `CLIPYARD_STORAGE_STALLED_SECONDS` (default 60): without a byte for so long, a transfer is given up.
    public let stalledSeconds: Int
    /// `CLIPYARD_STORAGE_TOTAL_SECONDS` (default 0, without end): how long one transfer may take; parts are transfers of their own.
    public let totalSeconds: Int
    /// `CLIPYARD_STORAGE_ATTEMPTS` (default 5): how often a request is made before its failure is told, the first time included.
    public let attempts: Int

    /// How requests to OSS are signed.
    public enum Signature: String, CaseIterable, Sendable { case v4, v1 }

    init(_ reader: inout SettingsReader, home: String) {
        location = reader.string("CLIPYARD_STORAGE", default: home + "/objects")
        endpoint = reader.optionalString("CLIPYARD_STORAGE_ENDPOINT")
        internalEndpoint = reader.optionalString("CLIPYARD_STORAGE_INTERNAL_ENDPOINT")
        region = reader.optionalString("CLIPYARD_STORAGE_REGION")
        accessKey = reader.secret("CLIPYARD_STORAGE_ACCESS_KEY")
        secretKey = reader.secret("CLIPYARD_STORAGE_SECRET_KEY")
        sessionToken = reader.secret("CLIPYARD_STORAGE_SESSION_TOKEN")
        isPathStyle = reader.choice("CLIPYARD_STORAGE_PATH_STYLE", default: YesNo.no) == .yes
        signature = reader.choice("CLIPYARD_STORAGE_SIGNATURE", default: Signature.v4)
        certificateAuthorities = reader.optionalString("CLIPYARD_STORAGE_CA_FILE")
        stalledSeconds = reader.integer("CLIPYARD_STORAGE_STALLED_SECONDS", default: 60, in: 1...3600)
        connectSeconds = reader.integer("CLIPYARD_STORAGE_CONNECT_SECONDS", default: 10, in: 1...3600)
        totalSeconds = reader.integer("CLIPYARD_STORAGE_TOTAL_SECONDS", default: 0, in: 0...86_400)
        attempts = reader.integer("CLIPYARD_STORAGE_ATTEMPTS", default: 5, in: 1...100)
        reader.requireBothOrNeither("CLIPYARD_STORAGE_ACCESS_KEY", "CLIPYARD_STORAGE_SECRET_KEY")
    }
}
