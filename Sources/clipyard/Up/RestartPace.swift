/// When a program that ended by itself is started again: at once the first time, later the more often it dies young.
///
/// A crash costs its own requests and no more, so nothing is ever left stopped; what cannot run at all is tried twice a
/// minute, which costs nobody else anything.
struct RestartPace {
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(30)
    /// Whoever has run for so long is healthy, and its next end is a first one.
    static let steadyAfter = Duration.seconds(10)

    /// Ends in a row, none of them after a steady time.
    private(set) var ends = 0
    private var gap = shortest

    /// Notes an end.
    ///
    /// - Returns: how long to wait: starts are further apart each time, so that a program which ran for a while is back
    ///   sooner than one which did not even start.
    mutating func pause(afterRunning time: Duration) -> Duration {
        if time >= Self.steadyAfter { self = RestartPace() }
        ends += 1
        defer { gap = min(gap * 2, Self.longest) }
        return max(Self.shortest, gap - time)
    }
}
