/// How often, and after which pause, a request is made again.
///
/// Pauses have full jitter: a random time below a bound that doubles, so that
/// clients that failed together do not come back together.
public struct TransferRetry: Sendable, Equatable {
    /// The first time counts.
    public var maxAttempts: Int
    /// Bound of the first pause, and of every one.
    public var firstPause: Duration
    public var longestPause: Duration

    public init(
        maxAttempts: Int = 5,
        firstPause: Duration = .milliseconds(200),
        longestPause: Duration = .seconds(10)
    ) {
        self.maxAttempts = maxAttempts
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// Statuses with which a server says that another time it may do it.
    static let transientStatuses: Set = [408, 429, 500, 502, 503, 504]

    /// The pause after so many failed attempts, at least what the server asks for, within the bound.
    func pause(afterAttempt attempt: Int, retryAfterSeconds: Int?) -> Duration {
        let bound = min(longestPause, firstPause * (1 << min(attempt - 1, 20)))
        let asked = retryAfterSeconds.map { min(.seconds($0), longestPause) } ?? .zero
        return max(asked, bound * Double.random(in: 0...1))
    }
}
