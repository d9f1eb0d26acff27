/// The name of an account, as its owner wrote it.
public struct Username: Sendable, Equatable {
    /// How many characters, as a reader counts them.
    public static let length = 1...32
    /// One character can be made of any number of code points; this bounds what is stored.
    ///
    /// Emoji need up to ten.
    static let maxScalarsPerCharacter = 12

    public let rawValue: String

    public init(_ text: String) throws(InputRefusal) {
        guard Self.length.contains(text.count) else {
            throw InputRefusal(
                "The username must have 1 to 32 characters; this one has \(text.count).",
                chinese: "用户名须为 1 到 32 个字符，现有 \(text.count) 个。"
            )
        }
        guard !text.isBlank else {
            throw InputRefusal("The username must not be only spaces.", chinese: "用户名不能只有空格。")
        }
        guard !text.hasInvisibleCharacters else {
            throw InputRefusal("The username must not contain invisible characters.", chinese: "用户名不能含有不可见字符。")
        }
        guard
            text.allSatisfy({
                $0.unicodeScalars.count <= Self.maxScalarsPerCharacter && $0.utf8.count <= ShortText.maxBytesOfCharacter
            })
        else {
            throw InputRefusal(
                "The username has a character with too many marks on it.",
                chinese: "用户名中有字符叠加了过多的附加符号。"
            )
        }
        guard !text.hasControlCharacters else {
            throw InputRefusal(
                "The username must not contain control characters or line breaks.",
                chinese: "用户名不能含有控制字符或换行。"
            )
        }
        rawValue = text
    }

    /// What two names have in common that differ only in case.
    ///
    /// Upper case first: it is what turns `ß` into `ss` and both small sigmas
    /// into one. The database adds the normal form C.
    public var caseFolded: String { rawValue.uppercased().lowercased() }
}

extension Username: CustomStringConvertible {
    public var description: String { rawValue }
}
