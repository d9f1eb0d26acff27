/// Gives decoded frames the times that they will keep: from 0 on, and strictly growing.
struct FrameClock {
    private let origin: Int64
    private let usualDuration: Int64
    private var last: Int64?

    /// `origin` is the source's timestamp that becomes 0, `usualDuration` the distance of frames that carry none.
    init(origin: Int64, usualDuration: Int64) {
        self.origin = origin
        self.usualDuration = max(1, usualDuration)
    }

    /// The time of the next frame; `nil` if it must be dropped because a later one was already shown.
    mutating func time(of timestamp: Int64?) -> Int64? {
        // Whatever is shown first is shown from the start.
        guard let previous = last else {
            last = 0
            return 0
        }
        let time = timestamp.map { $0 - origin } ?? previous + usualDuration
        guard time > previous else { return nil }
        last = time
        return time
    }
}
