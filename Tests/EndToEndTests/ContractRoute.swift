/// The sixteen routes of the contract.
enum ContractRoute: String, CaseIterable, Sendable {
    case feed = "/douyin/feed/"
    case register = "/douyin/user/register/"
    case login = "/douyin/user/login/"
    case user = "/douyin/user/"
    case publish = "/douyin/publish/action/"
    case published = "/douyin/publish/list/"
    case favorite = "/douyin/favorite/action/"
    case favorites = "/douyin/favorite/list/"
    case comment = "/douyin/comment/action/"
    case comments = "/douyin/comment/list/"
    case follow = "/douyin/relation/action/"
    case followed = "/douyin/relation/follow/list/"
    case followers = "/douyin/relation/follower/list/"
    case friends = "/douyin/relation/friend/list/"
    case chat = "/douyin/message/chat/"
    case message = "/douyin/message/action/"

    var path: String { rawValue }

    var method: String {
        switch self {
        case .register, .login, .publish, .favorite, .comment, .follow, .message: "POST"
        case .feed, .user, .published, .favorites, .comments, .followed, .followers, .friends, .chat: "GET"
        }
    }

    /// Of every answer with HTTP 200, refusals too: clients read the fields without looking at the code.
    var shape: ContractShape { .object(ContractShape.status.merging(fields) { $1 }) }

    private var fields: [String: ContractShape] {
        switch self {
        case .feed: ["video_list": .list(.video), "next_time": .count]
        case .register, .login: ["user_id": .count, "token": .string]
        case .user: ["user": .user]
        case .published, .favorites: ["video_list": .list(.video)]
        case .comment: ["comment": .comment]
        case .comments: ["comment_list": .list(.comment)]
        case .followed, .followers: ["user_list": .list(.user)]
        case .friends: ["user_list": .list(.friend)]
        case .chat: ["message_list": .list(.message)]
        case .publish, .favorite, .follow, .message: [:]
        }
    }

    /// What answers without a token.
    static let open: [ContractRoute] = [.feed, .published, .favorites, .comments, .user]
}

/// The values of `status_code`, written down a second time: they never change.
enum ContractCode: Int64, CaseIterable, Sendable {
    case success = 0
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
}
