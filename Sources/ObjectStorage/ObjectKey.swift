/// The name of an object: parts with `/` between them, for example `videos/12/345/play.mp4`.
///
/// What a key can be is narrower than what S3 allows, so that it is a safe path
/// on a disk and the path of a URL as it stands: printable ASCII without space,
/// backslash, `%`, `?`, `#` and quotes; no empty part; no part that begins with a dot
/// (so no `..` and no hidden file).
public struct ObjectKey: RawRepresentable, Hashable, Sendable {
    /// The longest key, and the longest part of one, in bytes.
    public static let maxBytes = 1024
    public static let maxPartBytes = 255

    public let rawValue: String

    public init?(rawValue: String) {
        guard (1...Self.maxBytes).contains(rawValue.utf8.count) else { return nil }
        let parts = rawValue.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.allSatisfy({ Self.isPart($0) }) else { return nil }
        self.rawValue = rawValue
    }

    /// Throws a ``StorageError`` where `init(rawValue:)` returns `nil`.
    public init(_ rawValue: String) throws(StorageError) {
        guard let key = ObjectKey(rawValue: rawValue) else {
            throw StorageError(.invalid, doing: "name an object", subject: rawValue, message: "not an object key")
        }
        self = key
    }

    private static let forbidden = Set("\\%?#\"'`<>".utf8)

    var parts: [String] { rawValue.split(separator: "/").map(String.init) }

    private static func isPart(_ part: Substring.UTF8View) -> Bool {
        (1...maxPartBytes).contains(part.count) && part.first != UInt8(ascii: ".")
            && part.allSatisfy { (0x21...0x7e).contains($0) && !forbidden.contains($0) }
    }
}

extension ObjectKey: CustomStringConvertible {
    public var description: String { rawValue }
}
