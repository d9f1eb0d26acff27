/// What an operator can set about nginx under `clipyard up`; `docker/nginx/render` reads the same names.
public struct GatewaySettings: Sendable {
    /// `CLIPYARD_GATEWAY_LIMIT` (default `12000/60`): requests that nginx lets through from one address; `off` for any number.
    ///
    /// 12,000 at once, or 200 a second for ever: a little more than the API itself allows an address in all.
    public let limit: Rate?
    /// `CLIPYARD_GATEWAY_LIMIT_ACCOUNT` (default `600/60`): how many of them may be registrations and logins.
    public let accountLimit: Rate?
    /// `CLIPYARD_TLS_CERTIFICATE` and `CLIPYARD_TLS_KEY`: PEM files; with them nginx speaks HTTPS and HTTP/2.
    public let certificate: String?
    public let certificateKey: String?
    /// `CLIPYARD_GATEWAY_STATUS` (default none): a loopback address and port where nginx tells how busy it is, as in
    /// `127.0.0.1:8081`, at `/stub_status`.
    public let status: String?
    /// `CLIPYARD_GATEWAY_CACHE_MIB` (default 10240): how much of what comes from S3 or OSS nginx keeps.
    public let cacheMebibytes: Int
    /// `CLIPYARD_GATEWAY_CACHE_SECONDS` (default 600): after how long it asks the store whether that is still there.
    public let cacheSeconds: Int
    /// `CLIPYARD_GATEWAY_ACCESS_SECONDS` (default 30): how long media of a video that was hidden or removed can still be had.
    public let accessSeconds: Int

    /// `CLIPYARD_GATEWAY_CONNECTIONS` (default 16384): connections that each of nginx's workers, one a core, can hold.
    public let connections: Int
    /// `CLIPYARD_GATEWAY_CONNECTIONS_PER_ADDRESS` (default 500): requests of one address that are served at a time; 0 for any
    /// number.
    public let connectionsPerAddress: Int
    /// `CLIPYARD_TRUSTED_PROXIES` (default none): addresses and networks of load balancers and CDNs, with commas between
    /// them, whose `X-Forwarded-For` says who asks.
    public let trustedProxies: [String]
    /// `CLIPYARD_HSTS_SECONDS` (default a year): how long browsers ask by HTTPS alone, where the public URL is one of HTTPS;
    /// 0 does not say so.
    public let hstsSeconds: Int
    /// `CLIPYARD_MEDIA_SHARED_SECONDS` and `CLIPYARD_LIST_SHARED_SECONDS` (default `forever`): how long caches between the
    /// gateway and the viewer, as a CDN's, keep segments and pictures, and playlists (`s-maxage`).
    public let mediaSharedSeconds: Int?
    public let listSharedSeconds: Int?
    /// `CLIPYARD_PURGE_URL` (default none): where workers tell caches before the gateway, by POST with JSON, of videos that
    /// nobody may see any more.
    ///
    /// Never shown, because it may have a key in it.
    public let purgeURL: Secret?

    init(_ reader: inout SettingsReader) {
        limit = reader.rate("CLIPYARD_GATEWAY_LIMIT", default: "12000/60")
        accountLimit = reader.rate("CLIPYARD_GATEWAY_LIMIT_ACCOUNT", default: "600/60")
        certificate = reader.optionalString("CLIPYARD_TLS_CERTIFICATE")
        certificateKey = reader.optionalString("CLIPYARD_TLS_KEY")
        reader.requireBothOrNeither("CLIPYARD_TLS_CERTIFICATE", "CLIPYARD_TLS_KEY")
        status = reader.optionalString(
            "CLIPYARD_GATEWAY_STATUS",
            expecting: "a loopback address and port, as in 127.0.0.1:8081"
        ) {
            $0.wholeMatch(of: /(127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|\[::1\]):[0-9]{1,5}/) != nil
        }
        cacheMebibytes = reader.integer("CLIPYARD_GATEWAY_CACHE_MIB", default: 10_240, in: 16...(1 << 30))
        cacheSeconds = reader.integer("CLIPYARD_GATEWAY_CACHE_SECONDS", default: 600, in: 1...(365 * 86_400))
        accessSeconds = reader.integer("CLIPYARD_GATEWAY_ACCESS_SECONDS", default: 30, in: 1...86_400)
        connections = reader.integer("CLIPYARD_GATEWAY_CONNECTIONS", default: 16_384, in: 512...1_000_000)
        connectionsPerAddress = reader.integer(
            "CLIPYARD_GATEWAY_CONNECTIONS_PER_ADDRESS",
            default: 500,
            in: 0...65_535
        )
        trustedProxies = reader.list(
            "CLIPYARD_TRUSTED_PROXIES",
            expecting: "addresses and networks with commas between them, as in 10.0.0.0/8,2001:db8::1",
            isGood: Self.isNetwork
        )
        hstsSeconds = reader.integer("CLIPYARD_HSTS_SECONDS", default: 365 * 86_400, in: 0...(10 * 365 * 86_400))
        mediaSharedSeconds = reader.seconds("CLIPYARD_MEDIA_SHARED_SECONDS", in: 0...(365 * 86_400))
        purgeURL = reader.secret("CLIPYARD_PURGE_URL", expecting: "an address that begins with http:// or https://") {
            $0.hasPrefix("http://") || $0.hasPrefix("https://")
        }
        listSharedSeconds = reader.seconds("CLIPYARD_LIST_SHARED_SECONDS", in: 0...(365 * 86_400))
    }

    /// An IPv4 or IPv6 address, with or without a length; nginx reads it more closely.
    private static func isNetwork(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9]{1,3}(\.[0-9]{1,3}){3}(\/[0-9]{1,2})?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(\/[0-9]{1,3})?/)
            != nil
    }
}
