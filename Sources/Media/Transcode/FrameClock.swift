/// Which picture is decoded first.
enum ReadingStart: Sendable, Equatable {
    /// The source's first: it is shown from the start, whatever its timestamp.
    case firstPicture
    /// Another, after a seek: its timestamp counts.
    case laterPicture
}

/// Gives decoded frames the times that they will keep: from 0 on, and strictly growing.
struct FrameClock {
    private let origin: Int64
    private let usualDuration: Int64
    private let start: ReadingStart
    private var last: Int64?

    /// `origin` is the source's timestamp that becomes 0, `usualDuration` the distance of frames that carry none.
    init(origin: Int64, usualDuration: Int64, start: ReadingStart = .firstPicture) {
        self.origin = origin
        self.usualDuration = max(1, usualDuration)
        self.start = start
    }

    /// The time of the next frame; `nil` if it must be dropped because a later one was already shown.
    mutating func time(of timestamp: Int64?) -> Int64? {
        guard let previous = last else {
            // Without a timestamp nobody knows where a later picture belongs.
            last = start == .firstPicture ? 0 : timestamp.map { $0 - origin }
            return last
        }
        let time = timestamp.map { $0 - origin } ?? previous + usualDuration
        guard time > previous else { return nil }
        last = time
        return time
    }
}
