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
    }
}
