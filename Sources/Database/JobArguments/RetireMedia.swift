public import Jobs

/// Remove media that were replaced by better ones, once nobody can be watching them any more.
public struct RetireMedia: JobArguments {
    public static let kind = "retire_media"
    public static let queue = "upkeep"
    public static let deadline: Duration = .seconds(10 * 60)

    /// Their folder in the object store.
    public var prefix: String
    /// If it holds folders of leases: only those of smaller ones than this are removed.
    public var leasesBelow: Int64?

    public init(prefix: String, leasesBelow: Int64? = nil) {
        self.prefix = prefix
        self.leasesBelow = leasesBelow
    }
}
