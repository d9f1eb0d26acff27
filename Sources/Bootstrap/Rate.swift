/// So many times in so many seconds, as a setting says it: `600/60`.
public struct Rate: Sendable, Equatable {
    public let count: Int
    public let seconds: Int

    /// - Parameter text: a count from 1 to a million, a slash, and seconds up to a day.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), let seconds = Int(parts[1]),
            (1...1_000_000).contains(count), (1...86_400).contains(seconds)
        else { return nil }
        self.count = count
        self.seconds = seconds
    }
}
