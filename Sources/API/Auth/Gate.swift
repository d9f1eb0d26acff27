import Domain

/// Finds out who is asking, and whether they ask too often.
struct Gate: Sendable {
    let tokens: AccessTokens
    let limits: RateLimits

    /// Who is asking; `nil` when nobody is logged in.
    ///
    /// A token that is no good is refused, not ignored.
    func caller(_ parameters: DouyinParameters, for group: LimitGroup) async throws(APIError) -> UserID? {
        guard let token = parameters.token else { return nil }
        return try await admit(token, for: group)
    }

    /// Who is asking, where somebody must be logged in.
    func requireCaller(_ parameters: DouyinParameters, for group: LimitGroup) async throws(APIError) -> UserID {
        guard let caller = try await caller(parameters, for: group) else { throw .notLoggedIn }
        return caller
    }

    func admit(_ token: String, for group: LimitGroup) async throws(APIError) -> UserID {
        let user = try await tokens.verify(token)
        try limits.charge(user, for: group)
        return user
    }

    /// The login with which somebody asks.
    func requireLogin(_ parameters: DouyinParameters, for group: LimitGroup) async throws(APIError)
        -> AccessTokens.Claims
    {
        guard let token = parameters.token else { throw .notLoggedIn }
        let claims = try await tokens.claims(of: token)
        try limits.charge(claims.user, for: group)
        return claims
    }

    /// Whose things are asked for: `user_id`, or the caller's own where it is absent.
    func subject(_ parameters: DouyinParameters, caller: UserID?) throws(APIError) -> UserID {
        if let id = try parameters.integer("user_id"), id != 0 { return UserID(rawValue: id) }
        guard let caller else { throw .missing("user_id") }
        return caller
    }
}
