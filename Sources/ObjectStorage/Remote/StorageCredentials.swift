/// Who calls a store.
///
/// Its description, and with it every log line, has no secret.
public struct StorageCredentials: Sendable {
    public var accessKey: String
    public var secretKey: String
    /// Of temporary credentials (STS).
    public var sessionToken: String?

    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension StorageCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<credentials>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
