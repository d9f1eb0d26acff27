/// How often somebody may do something: so many times at once, and as many again in each period.
public struct RateLimit: Sendable, Equatable {
    public static let counts = 1...1_000_000
    /// Up to a day.
    public static let periodSeconds = 1...86_400

    /// As often as they like.
    public static let off = RateLimit(count: .max, seconds: 1)

    /// How many times at once.
    public let capacity: Int
    /// How long until as many are possible again.
    public let period: Duration

    private let seconds: Int

    /// Within `counts` and `periodSeconds`.
    public init?(capacity: Int, periodSeconds seconds: Int) {
        guard Self.counts.contains(capacity), Self.periodSeconds.contains(seconds) else { return nil }
        self.init(count: capacity, seconds: seconds)
    }

    private init(count: Int, seconds: Int) {
        capacity = count
        period = .seconds(seconds)
        self.seconds = seconds
    }

    public var isOff: Bool { self == .off }
}

extension RateLimit: LosslessStringConvertible {
    /// From `300/60` or `300/60s`: 300 times in 60 seconds; or from `off`.
    public init?(_ text: String) {
        if text == "off" {
            self = .off
            return
        }
        guard let match = text.wholeMatch(of: /([0-9]{1,9})\/([0-9]{1,9})s?/), let capacity = Int(match.1),
            let seconds = Int(match.2)
        else { return nil }
        self.init(capacity: capacity, periodSeconds: seconds)
    }

    public var description: String { isOff ? "off" : "\(capacity)/\(seconds)" }
}
