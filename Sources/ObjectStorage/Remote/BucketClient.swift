import Foundation
import NIOCore

/// Makes calls to a bucket: signs each anew, sends it again where that is safe, and turns refusals into errors.
struct BucketClient: Sendable {
    let dialect: any BucketDialect
    var http = CurlClient()
    var retry = TransferRetry()
    var deadlines = CurlDeadlines()

    /// Sends a request and returns the whole answer, which is a success.
    ///
    /// `accept` looks at it and throws if it is not what it should be.
    @discardableResult
    func send(
        _ request: BucketRequest,
        doing: String,
        accept: @Sendable (CurlResponse) throws -> Void = { _ in }
    ) async throws -> CurlResponse {
        try await retrying(request, doing: doing) { request in
            let answer = try await http.send(signed(request))
            guard (200..<300).contains(answer.status) else {
                throw refusal(answer, of: request, doing: doing)
            }
            try accept(answer)
            return answer
        }
    }

    /// Sends a request and returns when the head of a success is here, which `accept` turns into what is wanted.
    func open<Answer>(
        _ request: BucketRequest,
        doing: String,
        accept: (CurlStream) throws -> Answer
    ) async throws -> Answer {
        try await retrying(request, doing: doing) { request in
            let stream = try await http.open(signed(request))
            guard (200..<300).contains(stream.status) else {
                throw refusal(try await stream.response(url: request.path), of: request, doing: doing)
            }
            return try accept(stream)
        }
    }

    /// Whether it may go better another time.
    func canRetry(_ error: any Error) -> Bool {
        switch error {
        case let error as CurlError: error.isTransient
        case let error as BucketRefusal: error.isTransient
        case let error as StorageError: error.code == .damaged
        default: false
        }
    }

    /// The error that callers see.
    func storageError(_ error: any Error, doing: String, subject: String) -> any Error {
        switch error {
        case let error as CurlError:
            StorageError(.network, doing: doing, subject: subject, message: message(of: error))
        case let error as BucketRefusal: error.error
        default: error
        }
    }

    private func message(of error: CurlError) -> String {
        let advice =
            error.reason == .notTrusted
            ? ": set CLIPYARD_STORAGE_CA_FILE to the certificate of the service's authority" : ""
        return "\(dialect.name): \(error.message)\(advice)"
    }

    private func signed(_ request: BucketRequest) -> CurlRequest {
        var signed = dialect.signed(request, at: Date())
        signed.deadlines = deadlines
        signed.trust = http.trust
        signed.wantsNewConnection = request.wantsNewConnection
        return signed
    }

    private func retrying<Answer>(
        _ request: BucketRequest,
        doing: String,
        _ attempt: (BucketRequest) async throws -> Answer
    ) async throws -> Answer {
        var (request, number) = (request, 1)
        while true {
            do {
                return try await attempt(request)
            } catch {
                let isSafe = request.isRepeatable || (error as? CurlError)?.isBeforeSending == true
                guard isSafe, number < retry.maxAttempts, canRetry(error) else {
                    throw storageError(error, doing: doing, subject: request.path)
                }
                let asked = (error as? BucketRefusal)?.retryAfterSeconds
                try await Task.sleep(for: retry.pause(afterAttempt: number, retryAfterSeconds: asked))
                number += 1
                // A service that refuses has answered in full; after anything else, bytes may be left on the connection.
                if !(error is BucketRefusal) { request.wantsNewConnection = true }
            }
        }
    }

    private func refusal(_ answer: CurlResponse, of request: BucketRequest, doing: String) -> BucketRefusal {
        BucketRefusal(answer, by: dialect, doing: doing, subject: request.path)
    }
}
