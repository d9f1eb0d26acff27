import Domain

extension AccessTokens {
    /// Who is asking; `nil` when nobody is logged in.
    ///
    /// A token that is no good is refused, not ignored.
    func caller(_ parameters: DouyinParameters) async throws(APIError) -> UserID? {
        guard let token = parameters.token else { return nil }
        return try await verify(token)
    }

    /// Whose things are asked for: `user_id`, or the caller's own where it is absent.
    func subject(_ parameters: DouyinParameters, caller: UserID?) throws(APIError) -> UserID {
        if let id = try parameters.integer("user_id"), id != 0 { return UserID(rawValue: id) }
        guard let caller else { throw .missing("user_id") }
        return caller
    }
}
