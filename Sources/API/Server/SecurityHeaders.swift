import HTTPTypes

/// What every answer carries, here and at the gateway: browsers guess no types, and tell other sites no addresses of ours.
extension HTTPFields {
    mutating func addSecurity() {
        self[.xContentTypeOptions] = "nosniff"
        self[.referrerPolicy] = "same-origin"
    }
}

extension HTTPField.Name {
    static let referrerPolicy: Self = {
        guard let name = Self("Referrer-Policy") else { preconditionFailure("not the name of a header") }
        return name
    }()
}
