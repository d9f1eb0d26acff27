import Foundation
import ObjectStorage
import Synchronization

/// A Clipyard server, as somebody who publishes meets it.
final class PublishServer: Sendable {
    /// How long to try without anything that gets through.
    private static let patience = Duration.seconds(600)
    private static let shortestPause = 0.25, longestPause = 10.0
    /// A limit that takes longer is told, not waited for.
    private static let longestLimitSeconds = 60.0

    /// For example `http://127.0.0.1:8080`, without a slash at the end.
    let address: String
    private let token: String
    private let trust: CurlTrust
    private let http = CurlClient()
    /// Whether it has answered as Clipyard does: what goes wrong from then on goes by.
    private let isKnown = Mutex(false)

    init(address: String, token: String, trust: CurlTrust) {
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        // As a file or a clipboard has it.
        self.token = token.trimmingCharacters(in: .whitespacesAndNewlines)
        self.trust = trust
    }

    /// Makes one request, and throws an answer that is a refusal as ``PublishRefusal``.
    @discardableResult
    func send(
        _ method: String,
        _ url: String,
        _ headers: CurlHeaders = [:],
        body: CurlBody = .none,
        progress: (@Sendable (Int64, Int64) -> Void)? = nil
    ) async throws -> CurlResponse {
        var headers = headers
        headers["Tus-Resumable"] = "1.0.0"
        headers["Authorization"] = "Bearer \(token)"
        let request = CurlRequest(method, url, headers: headers, body: body, trust: trust)
        let response = try await http.send(request, progress: progress)
        if (200..<300).contains(response.status) { return response }
        if let refusal = PublishRefusal(response) {
            isKnown.withLock { $0 = true }
            throw refusal
        }
        // Somebody between here and there says that the server is away.
        if isKnown.withLock({ $0 }) || (502...504).contains(response.status) {
            throw PublishRefusal(status: response.status, message: "\(address) answered \(response.status).")
        }
        throw UpError("\(address) answered \(response.status), and not as a Clipyard server does. Is --server right?")
    }

    /// Tries again while it may help, with pauses that grow: a server that restarts is waited for.
    ///
    /// - Throws: ``PublishRefusal``, or ``UpError`` when the server is not what it should be or stays away.
    func persistently<Value>(
        explaining explain: (String) -> Void = { _ in },
        _ body: () async throws -> Value
    ) async throws -> Value {
        var deadline = ContinuousClock.now + Self.patience
        var pause = Self.shortestPause
        while true {
            let start = ContinuousClock.now
            var limit = 0.0
            do {
                let value = try await body()
                isKnown.withLock { $0 = true }
                return value
            } catch let refusal as PublishRefusal {
                limit = refusal.retryAfterSeconds ?? 0
                let isShort = limit <= Self.longestLimitSeconds
                guard refusal.isTemporary, isShort, ContinuousClock.now < deadline else { throw refusal }
                explain("\(refusal.message) Trying again.")
            } catch let error as CurlError {
                guard isKnown.withLock({ $0 }), ContinuousClock.now < deadline else { throw unreachable(error) }
                explain("the connection broke; trying again")
            }
            // Something got through in an attempt that lasted.
            if ContinuousClock.now - start > .seconds(5) {
                (deadline, pause) = (.now + Self.patience, Self.shortestPause)
            }
            try await Task.sleep(for: .seconds(max(limit, pause * Double.random(in: 0.75...1.25))))
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private func unreachable(_ error: CurlError) -> UpError {
        switch error.reason {
        case .notAnAddress: UpError("“\(address)” is no server's address, as in https://videos.example.com.")
        case .notTrusted:
            UpError("Nobody whom this machine trusts vouches for \(address). Name a file with who does: --ca-file.")
        case .other:
            UpError("\(address) cannot be reached: \(error.message). Is --server right, and does Clipyard run there?")
        }
    }
}
