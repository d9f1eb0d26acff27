/// A password as it was typed; it never describes itself.
public struct Password: Sendable {
    /// How many characters, as a reader counts them.
    public static let length = 5...32
    static let maxBytes = 1024

    public let rawValue: String

    public init(_ text: String) throws(InputRefusal) {
        guard Self.length.contains(text.count), text.utf8.count <= Self.maxBytes else {
            throw InputRefusal(
                "The password must have 5 to 32 characters; this one has \(text.count).",
                chinese: "密码须为 5 到 32 个字符，现有 \(text.count) 个。"
            )
        }
        rawValue = text
    }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
