/// What is asked of a server.
public struct CurlRequest: Sendable {
    /// For example `PUT`.
    public var method: String
    public var url: String
    public var headers: CurlHeaders
    public var body: CurlBody
    public var deadlines: CurlDeadlines
    public var trust: CurlTrust
    /// Whether none of the connections that were kept is used: what one of them brought made no sense.
    public var wantsNewConnection = false

    public init(
        _ method: String,
        _ url: String,
        headers: CurlHeaders = [:],
        body: CurlBody = .none,
        deadlines: CurlDeadlines = CurlDeadlines(),
        trust: CurlTrust = .system
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadlines = deadlines
        self.trust = trust
    }

    /// The address without what can hold secrets: a query has signatures and tokens, the authority a password.
    var publicURL: String {
        let address = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = address.firstRange(of: "://") else { return String(address) }
        let rest = address[scheme.upperBound...]
        guard let at = rest.prefix(while: { $0 != "/" }).lastIndex(of: "@") else { return String(address) }
        return String(address[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}
