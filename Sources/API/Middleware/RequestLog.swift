import Foundation
import HTTPTypes
import Logging
import Synchronization

/// The line that is logged for each request.
struct RequestLog: Sendable {
    private static let maxIDLength = 64

    let logger: Logger

    /// Without the query: tokens and passwords ride in it.
    func write(
        _ method: HTTPRequest.Method,
        path: String,
        status: HTTPResponse.Status,
        requestID: String,
        refusal: APIErrorCode? = nil,
        since start: ContinuousClock.Instant
    ) {
        let duration = ContinuousClock.now - start
        var metadata: Logger.Metadata = [
            "request.id": .string(requestID),
            "http.method": .string(method.rawValue),
            "http.path": .string(Self.shown(path)),
            "http.status": .stringConvertible(status.code),
            "http.duration_ms": .stringConvertible((duration / .microseconds(100)).rounded() / 10),
        ]
        if let refusal { metadata["error.code"] = .string(refusal.name) }
        logger.info("request", metadata: metadata)
    }

    /// Without what a client has escaped that meant to send a query, and without the signature of private media.
    private static func shown(_ path: String) -> String {
        var shown = path[...]
        if let mark = shown.range(of: "%3f", options: .caseInsensitive) { shown = shown[..<mark.lowerBound] }
        // The gateway asks about such an address with another path before it.
        guard let start = shown.range(of: privateMedia) else { return String(shown) }
        let parts = shown[start.upperBound...].split(separator: "/", omittingEmptySubsequences: false)
        return String(shown[..<start.upperBound]) + "-/-/" + parts.dropFirst(2).joined(separator: "/")
    }

    private static let privateMedia = "/media/private/"

    /// The gateway's id, so that its log and ours can be laid side by side; else a new one.
    static func requestID(of headers: HTTPFields) -> String {
        if let id = headers[.xRequestID], (1...maxIDLength).contains(id.utf8.count), id.utf8.allSatisfy(isIDByte) {
            return id
        }
        return String(nextID.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
    }

    /// Counts from a random number on: a random one for each request would be a call of the system each.
    private static let nextID = Atomic(UInt64.random(in: .min ... .max))

    private static func isIDByte(_ byte: UInt8) -> Bool {
        let character = Character(UnicodeScalar(byte))
        return character.isLetter || character.isNumber || byte == UInt8(ascii: "-")
    }
}

extension HTTPField.Name {
    static let xRequestID: Self = {
        guard let name = Self("X-Request-Id") else { preconditionFailure("not the name of a header") }
        return name
    }()
}
