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
    /// Whether it goes over a connection of its own.
    var wantsNewConnection = false

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

    /// The query as it stands in an address.
    ///
    /// A name without a value, or with an empty one, may be followed by `=`: AWS signs it so, OSS does not.
    func encodedQuery(bareHasSign: Bool) -> String { Self.joined(encodedPairs, bareHasSign) }

    /// The same with the names in order.
    func canonicalQuery(bareHasSign: Bool) -> String {
        Self.joined(encodedPairs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }, bareHasSign)
    }

    private var encodedPairs: [(name: String, value: String?)] {
        query.map { (PercentEncoding.encode($0.name), $0.value.map(PercentEncoding.encode)) }
    }

    private static func joined(_ pairs: [(name: String, value: String?)], _ bareHasSign: Bool) -> String {
        pairs.map { name, value in
            let value = value ?? ""
            return bareHasSign || !value.isEmpty ? "\(name)=\(value)" : name
        }.joined(separator: "&")
    }
}
