/// Tells when a transfer has stood still for too long.
///
/// libcurl's own limit (`CURLOPT_LOW_SPEED_TIME`) looks at the mean of five seconds, and ends what stands still after a
/// burst seconds too late.
struct StallWatch {
    let seconds: Int
    /// `nil` before the connection is there, which has a deadline of its own, and while the receiver has to take bytes first.
    private(set) var endsAt: ContinuousClock.Instant?
    private var movedBytes: Int64 = 0

    init(seconds: Int) { self.seconds = seconds }

    /// Begins to wait anew.
    mutating func start() { endsAt = .now + .seconds(seconds) }

    mutating func pause() { endsAt = nil }

    /// So many bytes have come and gone since the beginning.
    mutating func moved(to bytes: Int64) {
        guard bytes != movedBytes else { return }
        movedBytes = bytes
        if endsAt != nil { start() }
    }
}
