import Domain

extension Password {
    /// Rejects the passwords that everybody tries first.
    ///
    /// - Parameter common: these, in lower case.
    /// - Throws: an ``APIError`` of code `invalidPassword`.
    func require(notAmong common: Set<String>) throws(APIError) {
        guard common.contains(rawValue.lowercased()) else { return }
        throw APIError(
            .invalidPassword,
            "This password is one of the most common ones. Choose one that is harder to guess.",
            chinese: "该密码过于常见，请换一个不易被猜到的密码。"
        )
    }
}
