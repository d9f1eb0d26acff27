import Database
public import Domain
import Hummingbird
import ObjectStorage

/// An error that a client is told about.
///
/// The message is a sentence that a person can act on. What only an operator
/// should read goes to the log.
public struct APIError: Error, Sendable, Equatable {
    public let code: APIErrorCode
    public let message: Phrase
    /// When asking again makes sense, in seconds.
    public var retryAfterSeconds: Int?
    /// Whether the rest of the request is not worth receiving.
    var closesConnection = false
    /// Where the upload in question is, so that its client need not ask.
    var upload: UploadPosition?

    init(_ code: APIErrorCode, _ message: Phrase, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    init(_ code: APIErrorCode, _ english: String, chinese: String, retryAfterSeconds: Int? = nil) {
        self.init(code, Phrase(english, chinese: chinese), retryAfterSeconds: retryAfterSeconds)
    }

    /// The same refusal, said before the request has been read to its end.
    var closingConnection: APIError {
        var error = self
        error.closesConnection = true
        return error
    }
}

/// How far an upload is.
struct UploadPosition: Sendable, Equatable {
    let offset: Int64
    let isComplete: Bool
}

extension APIError: CustomStringConvertible {
    public var description: String { "\(code.name): \(message)" }
}

extension APIError {
    /// What a client is told about an error of the modules below; unforeseen ones say only where to find them.
    init(_ error: any Error, requestID: String) {
        switch error {
        case let error as APIError: self = error
        case is UploadUnfinished: self = .uploadUnfinished
        case let error as UploadNotRecorded: self.init(error.underlying, requestID: requestID)
        case _ where DatabaseHealth.isTemporary(error): self = .unavailable
        case _ where DatabaseHealth.isUnknownUser(error): self = .unknownAccount
        case let error as StorageError where error.code == .full: self = .storageFull
        case let error as HTTPError where error.status == .contentTooLarge: self = .requestTooLarge
        case is CancellationError: self = .unavailable
        default: self = .internalError(requestID)
        }
    }

    /// Gives what a person typed wrong the code of its field.
    static func translating<Value>(to code: APIErrorCode, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let refusal as InputRefusal {
            throw APIError(code, refusal.message)
        }
    }
}
