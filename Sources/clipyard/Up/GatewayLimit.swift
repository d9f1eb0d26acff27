import Bootstrap

/// A limit in the words of nginx's `limit_req`.
struct GatewayLimit {
    /// What is counted; nginx does not count an empty key.
    let key: String
    /// Whole requests a minute, the slowest that nginx knows being one.
    let rate: String
    /// How many may come at once after the first, at least one.
    let burst: Int
    /// Until one more is let through.
    let retryAfterSeconds: Int

    /// - Parameter limit: a count and seconds, or `nil` for no limit.
    init(_ limit: Rate?) {
        guard let limit else {
            (key, rate, burst, retryAfterSeconds) = ("\"\"", "1r/s", 1, 1)
            return
        }
        let perMinute = max(1, limit.count * 60 / limit.seconds)
        key = "$binary_remote_addr"
        rate = "\(perMinute)r/m"
        burst = max(1, limit.count - 1)
        retryAfterSeconds = max(1, (60 + perMinute - 1) / perMinute)
    }
}
