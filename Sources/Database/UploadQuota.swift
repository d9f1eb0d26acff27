/// How much one creator may upload; `nil` is without a limit.
public struct UploadQuota: Sendable, Equatable {
    /// Bytes within 24 hours.
    public var bytesPerDay: Int64?
    /// Videos within an hour, those under way included.
    public var videosPerHour: Int?
    /// Uploads under way.
    public var atOnce: Int?

    public init(bytesPerDay: Int64? = nil, videosPerHour: Int? = nil, atOnce: Int? = nil) {
        self.bytesPerDay = bytesPerDay
        self.videosPerHour = videosPerHour
        self.atOnce = atOnce
    }

    /// Why an upload may not begin, or not be as long as it wants to be.
    public struct Excess: Error, Sendable, Equatable {
        public enum Limit: Sendable, Equatable {
            case bytesPerDay(limit: Int64, left: Int64)
            case videosPerHour(limit: Int)
            case atOnce(limit: Int)
        }

        public var limit: Limit
        /// When asking again makes sense, in seconds.
        public var retryAfterSeconds: Int
    }
}
