import Database
import Hummingbird
import ObjectStorage

/// An error that a client is told about.
///
/// The message is a sentence that a person can act on. What only an operator
/// should read goes to the log.
public struct APIError: Error, Sendable, Equatable {
    public let code: APIErrorCode
    public let message: String
    /// When asking again makes sense, in seconds.
    public var retryAfterSeconds: Int?
    /// Whether the rest of the request is not worth receiving.
    var closesConnection = false

    init(_ code: APIErrorCode, _ message: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The same refusal, said before the request has been read to its end.
    var closingConnection: APIError {
        var error = self
        error.closesConnection = true
        return error
    }
}

extension APIError: CustomStringConvertible {
    public var description: String { "\(code.name): \(message)" }
}

extension APIError {
    static func missing(_ name: String) -> APIError {
        APIError(.missingParameter, "The parameter \(name) is missing.")
    }

    static let notLoggedIn = APIError(.notLoggedIn, "You are not logged in. Log in and send the token.")
    static let unavailable = APIError(
        .unavailable,
        "The service is starting or overloaded. Try again in a few seconds.",
        retryAfterSeconds: 5
    )
    static let storageFull = APIError(
        .storageFull,
        "The storage is full, so nothing can be uploaded now. Try again later.",
        retryAfterSeconds: 600
    )

    /// What a client is told about an error of the modules below; unforeseen ones say only where to find them.
    init(_ error: any Error, requestID: String) {
        switch error {
        case let error as APIError: self = error
        case let error as UploadNotRecorded: self.init(error.underlying, requestID: requestID)
        case _ where DatabaseHealth.isTemporary(error): self = .unavailable
        case let error as StorageError where error.code == .full: self = .storageFull
        case let error as HTTPError where error.status == .contentTooLarge:
            self.init(.requestTooLarge, "The request is too large.")
        case is CancellationError: self = .unavailable
        default:
            self.init(
                .internalError,
                "Something went wrong on our side. Try again; if it stays, tell us this number: \(requestID)."
            )
        }
    }
}
