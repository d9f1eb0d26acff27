/// An answer that is not a success, as an error, and what a client has to know to try again.
struct BucketRefusal: Error {
    let error: StorageError
    let isTransient: Bool
    let retryAfterSeconds: Int?

    init(_ answer: CurlResponse, by dialect: some BucketDialect, doing: String, subject: String) {
        let document = XMLElement(document: answer.body)
        self.init(answer, document: document, by: dialect, doing: doing, subject: subject)
    }

    /// Some calls answer 200 first and say in the body that they failed after all.
    init(
        _ answer: CurlResponse,
        document: XMLElement?,
        by dialect: some BucketDialect,
        doing: String,
        subject: String
    ) {
        let name = document?["Code"]?.text ?? "HTTP \(answer.status)"
        let requestID = document?["RequestId"]?.text ?? answer.headers["\(dialect.headerPrefix)request-id"]
        let code = Self.code(name, status: answer.status)
        error = StorageError(
            code,
            doing: doing,
            subject: subject,
            message: Self.message(name, document?["Message"]?.text ?? "", by: dialect),
            service: StorageError.Service(
                name: dialect.name,
                status: answer.status,
                code: name,
                requestID: requestID
            )
        )
        isTransient =
            TransferRetry.transientStatuses.contains(answer.status) || code == .busy || code == .damaged
            || name == "InternalError" || name == "RequestTimeout"
        retryAfterSeconds = answer.headers["Retry-After"].flatMap { Int($0) }.map { max(0, $0) }
    }

    private static func code(_ name: String, status: Int) -> StorageError.Code {
        switch name {
        // What we send is well-formed, so it was not when it arrived.
        case "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "MalformedXML":
            return .damaged
        case "SlowDown", "ServiceUnavailable", "TooManyRequests", "RequestTimeout": return .busy
        case "NoSuchBucket", "EntityTooSmall", "EntityTooLarge", "InvalidPartOrder": return .invalid
        case "InvalidPart": return .conflict
        case "InsufficientCapacity", "QuotaExceeded": return .full
        default: break
        }
        switch status {
        case 401, 403: return .denied
        case 404: return .notFound
        case 409, 412: return .conflict
        case 400, 405, 411, 413, 416, 301, 307, 308: return .invalid
        case 429, 503: return .busy
        case 507: return .full
        default: return .system
        }
    }

    /// The service's words, and what to do about it where they do not say.
    private static func message(_ name: String, _ words: String, by dialect: some BucketDialect) -> String {
        let advice: [String: String] = [
            "NoSuchBucket": "make the bucket \(dialect.bucket), or correct CLIPYARD_STORAGE",
            "RequestTimeTooSkewed": "the clock of this machine is wrong",
            "SignatureDoesNotMatch": "check CLIPYARD_STORAGE_SECRET_KEY and CLIPYARD_STORAGE_REGION",
            "InvalidAccessKeyId": "check CLIPYARD_STORAGE_ACCESS_KEY",
            "AuthorizationHeaderMalformed": "check CLIPYARD_STORAGE_REGION",
            "PermanentRedirect": "the bucket is elsewhere: check CLIPYARD_STORAGE_ENDPOINT and CLIPYARD_STORAGE_REGION",
            "HTTP 301": "the bucket is elsewhere: check CLIPYARD_STORAGE_ENDPOINT and CLIPYARD_STORAGE_REGION",
        ]
        return ["\(dialect.name) answered \(name)", words, advice[name] ?? ""].filter { !$0.isEmpty }
            .joined(separator: ": ")
    }
}
