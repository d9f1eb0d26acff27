import Dispatch

/// Makes HTTP requests through libcurl, one connection a request, off the callers' threads.
public struct CurlClient: Sendable {
    /// Seconds to connect within.
    public var connectTimeoutSeconds = 10
    /// Seconds without a byte in either direction after which a transfer is given up.
    public var stallTimeoutSeconds = 60

    public init() {}

    /// Fetches an address.
    public func get(_ url: String) async throws -> CurlResponse {
        try await perform(url) { _ in }
    }

    /// Sends a form as `application/x-www-form-urlencoded`.
    public func post(_ url: String, fields: [(String, String)]) async throws -> CurlResponse {
        try await perform(url) { try $0.setForm(fields: fields) }
    }

    /// Streams files, by their fields and paths, as the first parts of a `multipart/form-data` body, with fields after them.
    ///
    /// `progress` is called now and then with the bytes sent so far and in all.
    public func upload(
        to url: String,
        files: [(field: String, path: String)],
        fields: [(String, String)],
        progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws -> CurlResponse {
        try await perform(url) { request in
            try request.setForm(files: files, fields: fields)
            try request.setProgress(progress)
        }
    }

    private func perform(
        _ url: String,
        _ configure: @escaping @Sendable (CurlRequest) throws -> Void
    ) async throws -> CurlResponse {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let request = try CurlRequest(
                            url: url,
                            connectTimeoutSeconds: connectTimeoutSeconds,
                            stallTimeoutSeconds: stallTimeoutSeconds
                        )
                        try configure(request)
                        return try request.perform()
                    }
                )
            }
        }
    }
}
