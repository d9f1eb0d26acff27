public import Jobs

/// Remove media that were replaced by better ones, once nobody can be watching them any more.
public struct RetireMedia: JobArguments {
    public static let kind = "retire_media"
    public static let queue = "upkeep"
    public static let deadline: Duration = .seconds(10 * 60)

    /// Their folder in the object store.
    public var prefix: String

    public init(prefix: String) { self.prefix = prefix }
}
