import CLibCurl

/// Makes HTTP requests through libcurl: connections are kept and shared, and no thread waits for a transfer.
///
/// Cancelling the task ends the transfer. Redirects are not followed.
public struct CurlClient: Sendable {
    /// The longest answer that is held in memory.
    public static let maxAnswerBytes = 64 * 1024 * 1024

    /// Those of the requests that the short forms make.
    public var deadlines: CurlDeadlines
    /// That of the requests that the short forms make.
    public var trust: CurlTrust

    /// Whose connections it uses.
    var loop = CurlLoop.shared

    public init(deadlines: CurlDeadlines = CurlDeadlines(), trust: CurlTrust = .system) {
        (self.deadlines, self.trust) = (deadlines, trust)
    }

    /// Sends a request and returns once the whole answer is here.
    ///
    /// `progress` is called now and then with the bytes sent so far and in all.
    public func send(
        _ request: CurlRequest,
        progress: (@Sendable (Int64, Int64) -> Void)? = nil
    ) async throws -> CurlResponse {
        try await open(request, progress: progress).response(url: request.publicURL)
    }

    /// Sends a request and returns once the head of the answer is here.
    public func open(
        _ request: CurlRequest,
        progress: (@Sendable (Int64, Int64) -> Void)? = nil
    ) async throws -> CurlStream {
        try Task.checkCancellation()
        let transfer = try CurlTransfer(request, by: self, progress: progress)
        loop.submit { [loop] in loop.add(transfer) }
        let head = try await Self.withCancelling(transfer) { try await transfer.answer.head() }
        return CurlStream(head, of: transfer)
    }

    /// Fetches an address.
    public func get(_ url: String) async throws -> CurlResponse {
        try await send(CurlRequest("GET", url, deadlines: deadlines, trust: trust))
    }

    /// Sends a form as `application/x-www-form-urlencoded`.
    public func post(_ url: String, fields: [(String, String)]) async throws -> CurlResponse {
        let headers: CurlHeaders = ["Content-Type": "application/x-www-form-urlencoded"]
        let body = CurlBody.urlEncoded(fields)
        return try await send(
            CurlRequest("POST", url, headers: headers, body: body, deadlines: deadlines, trust: trust)
        )
    }

    /// Streams files, by their fields and paths, as the first parts of a `multipart/form-data` body, with fields after them.
    ///
    /// `progress` is called now and then with the bytes sent so far and in all.
    public func upload(
        to url: String,
        files: [(field: String, path: String)],
        fields: [(String, String)],
        progress: (@Sendable (Int64, Int64) -> Void)? = nil
    ) async throws -> CurlResponse {
        let form = CurlBody.form(files: files, fields: fields)
        let request = CurlRequest("POST", url, body: form, deadlines: deadlines, trust: trust)
        return try await send(request, progress: progress)
    }

    static func withCancelling<Answer: Sendable>(
        _ transfer: CurlTransfer,
        _ body: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withTaskCancellationHandler {
            try await body()
        } onCancel: {
            transfer.loop.submit { transfer.loop.cancel(transfer) }
        }
    }
}
