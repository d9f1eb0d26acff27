/// A time as clients send it: milliseconds since 1970, or seconds, told apart by magnitude.
public struct ClientTime: Sendable, Equatable {
    /// Smaller times are seconds: as milliseconds they would lie before March 1973, as seconds up to the year 5138.
    private static let firstMilliseconds: Int64 = 100_000_000_000

    /// Milliseconds since 1970; of a time in seconds, the beginning of that second.
    public let milliseconds: Int64
    public let isInSeconds: Bool

    /// `nil` for no time: absent, 0 and less.
    public init?(_ time: Int64?) {
        guard let time, time > 0 else { return nil }
        isInSeconds = time < Self.firstMilliseconds
        milliseconds = isInSeconds ? time * 1000 : time
    }
}
