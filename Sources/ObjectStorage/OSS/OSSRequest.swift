/// What of a request to OSS is signed.
struct OSSRequest {
    var method: String
    /// `nil` for requests about no bucket.
    var bucket: String?
    /// `nil` for requests about the bucket as a whole.
    var key: String?
    /// In the order they are sent, not encoded.
    var query: [(name: String, value: String)] = []
    var headers = CurlHeaders()
    /// Names, in lower case, of headers to sign that are not signed anyway; V1 cannot.
    var additionalHeaders: Set<String> = []

    /// The query as it is sent, without its `?`.
    var encodedQuery: String {
        query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }

    /// The same with names alone where there is no value, as in presigned addresses.
    var encodedBareQuery: String {
        query.map { name, value in
            let name = PercentEncoding.encode(name)
            return value.isEmpty ? name : "\(name)=\(PercentEncoding.encode(value))"
        }.joined(separator: "&")
    }

    /// Bucket and key as signatures see them, whatever form the address has.
    var resource: String { "/" + (bucket.map { "\($0)/" } ?? "") + (key ?? "") }
}
