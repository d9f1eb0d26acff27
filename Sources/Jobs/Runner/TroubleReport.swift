import Synchronization

/// When a trouble that lasts is said again.
final class TroubleReport: Sendable {
    private let lastSaid = Mutex<ContinuousClock.Instant?>(nil)
    private static let interval: Duration = .seconds(60)

    /// True at first, and then once a minute.
    func isToBeSaid(at now: ContinuousClock.Instant = .now) -> Bool {
        lastSaid.withLock { lastSaid in
            if let lastSaid, now - lastSaid < Self.interval { return false }
            lastSaid = now
            return true
        }
    }

    /// The next trouble is another one.
    func end() { lastSaid.withLock { $0 = nil } }
}
