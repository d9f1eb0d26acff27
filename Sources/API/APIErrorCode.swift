import HTTPTypes

/// Everything the API refuses, once; `docs/api.md` has the same table.
///
/// The numbers are what `/douyin/` answers as `status_code`, the names what
/// problem documents carry; neither ever changes. A number is an HTTP status
/// and two digits.
public enum APIErrorCode: Int, Sendable, CaseIterable {
    case missingParameter = 40001
    case invalidParameter = 40002
    case invalidUsername = 40003
    case invalidPassword = 40004
    case invalidTitle = 40005
    case malformedForm = 40006
    case incompleteUpload = 40007
    case notAVideo = 40008
    case missingHost = 40009
    case invalidComment = 40010
    case invalidMessage = 40011
    case invalidSignature = 40012
    case invalidPicture = 40013
    case ownAccount = 40014
    case unsupportedChecksum = 40015
    case notLoggedIn = 40101
    case invalidToken = 40102
    case expiredToken = 40103
    case wrongCredentials = 40104
    case revokedToken = 40105
    case notAllowed = 40301
    case unknownRoute = 40401
    case unknownUser = 40402
    case unknownVideo = 40403
    case unknownObject = 40404
    case videoNotReady = 40405
    case videoFailed = 40406
    case unknownComment = 40407
    case unknownUpload = 40408
    case wrongMethod = 40501
    case requestTimeout = 40800
    case usernameTaken = 40901
    case passwordChanged = 40902
    case offsetMismatch = 40903
    case uploadTakenOver = 40904
    case uploadGone = 41001
    case unsupportedVersion = 41201
    case requestTooLarge = 41301
    case fileTooLarge = 41302
    case longerThanDeclared = 41303
    case wrongContentType = 41501
    case refusedContent = 42201
    case uploadBusy = 42301
    case rateLimited = 42901
    case tooManyLogins = 42902
    case uploadQuota = 42903
    case checksumMismatch = 46001
    case internalError = 50001
    case unavailable = 50301
    case busy = 50302
    case uploadUnfinished = 50303
    case storageFull = 50701

    /// In problem documents, for example `username_taken`.
    public var name: String {
        "\(self)".reduce(into: "") { name, character in
            name += character.isUppercase ? "_\(character.lowercased())" : "\(character)"
        }
    }

    /// The status outside `/douyin/`, with its words, which are the title of problem documents.
    var status: HTTPResponse.Status {
        let code = rawValue / 100
        return Self.statuses.first { $0.code == code } ?? HTTPResponse.Status(code: code)
    }

    // A status made of a number alone has no words.
    private static let statuses: [HTTPResponse.Status] = [
        .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .requestTimeout, .conflict, .gone,
        .preconditionFailed,
        .contentTooLarge, .unsupportedMediaType, .unprocessableContent, .tooManyRequests, .internalServerError,
        .serviceUnavailable, HTTPResponse.Status(code: 423, reasonPhrase: "Locked"),
        // The tus protocol's own.
        HTTPResponse.Status(code: 460, reasonPhrase: "Checksum Mismatch"),
        HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
    ]

    /// The one kind of refusal that has its own HTTP status in `/douyin/` too.
    var isRateLimit: Bool { status == .tooManyRequests }
}
