/// One call to a bucket, before it gets its address and its signature.
struct BucketRequest: Sendable {
    var method: String
    /// The whole name of the object in the bucket; empty for the bucket itself.
    var path: String
    /// In any order; without a value for a bare name such as `uploads`.
    var query: [(name: String, value: String?)]
    var headers: CurlHeaders
    var body: CurlBody
    /// Of the body, when it has one.
    var digest: BodyDigest?
    /// Whether sending it again, when nobody knows whether it arrived, does no harm.
    var isRepeatable: Bool

    init(
        _ method: String,
        _ path: String = "",
        query: [(name: String, value: String?)] = [],
        headers: CurlHeaders = [:],
        body: CurlBody = .none,
        digest: BodyDigest? = nil,
        isRepeatable: Bool = true
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.digest = digest
        self.isRepeatable = isRepeatable
    }

    /// The query as it stands in an address, names in order.
    ///
    /// - Parameter bareHasSign: whether a name without a value is followed by `=`, as AWS signs it.
    func canonicalQuery(bareHasSign: Bool) -> String {
        let pairs = query.map { (PercentEncoding.encode($0.name), $0.value.map(PercentEncoding.encode)) }
        return pairs.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            .map { name, value in value.map { "\(name)=\($0)" } ?? (bareHasSign ? "\(name)=" : name) }
            .joined(separator: "&")
    }
}
