import Domain

extension Password {
    /// - Parameter common: what everybody tries first, in lower case.
    func require(notAmong common: Set<String>) throws(APIError) {
        guard common.contains(rawValue.lowercased()) else { return }
        throw APIError(
            .invalidPassword,
            "This password is one of the most common ones. Choose one that is harder to guess.",
            chinese: "该密码过于常见，请换一个不易被猜到的密码。"
        )
    }
}
