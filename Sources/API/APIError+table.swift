import Domain

/// The refusals that several routes share.
extension APIError {
    static func missing(_ name: String) -> APIError {
        APIError(.missingParameter, "The parameter \(name) is missing.", chinese: "缺少参数 \(name)。")
    }

    static func invalid(_ name: String, _ text: String, expected: Phrase) -> APIError {
        APIError(
            .invalidParameter,
            "The parameter \(name) must be \(expected.english); “\(text.prefix(64))” is not.",
            chinese: "参数 \(name) 必须是\(expected.chinese)，“\(text.prefix(64))”不是。"
        )
    }

    static let late = APIError(
        .requestTimeout,
        "The request did not arrive in time. Send it again.",
        chinese: "请求未能及时到达，请重新发送。"
    )
    static let notLoggedIn = APIError(
        .notLoggedIn,
        "You are not logged in. Log in and send the token.",
        chinese: "您尚未登录，请登录后携带 token 重试。"
    )
    static let invalidToken = APIError(
        .invalidToken,
        "The token is not valid. Log in again.",
        chinese: "token 无效，请重新登录。"
    )
    static let expiredToken = APIError(
        .expiredToken,
        "Your login has expired. Log in again.",
        chinese: "登录已过期，请重新登录。"
    )
    static let revokedToken = APIError(
        .revokedToken,
        "This login was ended by a logout or a new password. Log in again.",
        chinese: "此登录已因退出或修改密码而失效，请重新登录。"
    )
    static let unknownAccount = APIError(
        .invalidToken,
        "The account of this token does not exist. Register or log in.",
        chinese: "该 token 对应的账号不存在，请注册或登录。"
    )
    static let wrongCredentials = APIError(
        .wrongCredentials,
        "The username or the password is wrong.",
        chinese: "用户名或密码错误。"
    )

    static func unknownUser(_ id: UserID) -> APIError {
        APIError(.unknownUser, "There is no user \(id).", chinese: "用户 \(id) 不存在。")
    }

    static func unknownVideo(_ id: VideoID) -> APIError {
        APIError(.unknownVideo, "There is no video \(id).", chinese: "视频 \(id) 不存在。")
    }

    static func unknownComment(_ id: CommentID) -> APIError {
        APIError(.unknownComment, "There is no comment \(id) on this video.", chinese: "该视频下没有评论 \(id)。")
    }

    static func refusedContent(_ field: Phrase) -> APIError {
        APIError(
            .refusedContent,
            "The \(field.english) contains words that are not allowed here. Change it and try again.",
            chinese: "\(field.chinese)含有不允许的词语，请修改后重试。"
        )
    }

    static func rateLimited(retryAfterSeconds seconds: Int) -> APIError {
        APIError(
            .rateLimited,
            "Too many requests. Try again in \(seconds) s.",
            chinese: "请求过于频繁，请在 \(seconds) 秒后重试。",
            retryAfterSeconds: seconds
        )
    }

    static func tooManyLogins(retryAfterSeconds seconds: Int) -> APIError {
        APIError(
            .tooManyLogins,
            "Too many failed logins. Try again in \(seconds) s.",
            chinese: "登录失败次数过多，请在 \(seconds) 秒后重试。",
            retryAfterSeconds: seconds
        )
    }

    static let requestTooLarge = APIError(.requestTooLarge, "The request is too large.", chinese: "请求过大。")

    static let unavailable = APIError(
        .unavailable,
        "The service is starting or overloaded. Try again in a few seconds.",
        chinese: "服务正在启动或过载，请几秒后重试。",
        retryAfterSeconds: 5
    )
    static let storageFull = APIError(
        .storageFull,
        "The storage is full, so nothing can be uploaded now. Try again later.",
        chinese: "存储空间已满，暂时无法上传，请稍后重试。",
        retryAfterSeconds: 600
    )

    static func internalError(_ requestID: String) -> APIError {
        APIError(
            .internalError,
            "Something went wrong on our side. Try again; if it stays, tell us this number: \(requestID).",
            chinese: "服务器出错了，请重试；若仍然失败，请告知我们此编号：\(requestID)。"
        )
    }
}
