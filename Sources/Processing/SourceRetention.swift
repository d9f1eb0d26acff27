public import Database
public import Logging

/// Gives up what creators uploaded, once their videos have been complete for as long as an operator decided.
///
/// Every worker looks; the database lets each source be taken once.
public struct SourceRetention: Sendable {
    private let videos: Videos
    private let age: Duration
    private let logger: Logger

    private static let interval = Duration.seconds(10 * 60)
    private static let intervalAfterTrouble = Duration.seconds(60)

    public init(videos: Videos, keepingSourcesFor age: Duration, logger: Logger) {
        self.videos = videos
        self.age = age
        self.logger = logger
    }

    /// Runs until cancelled.
    public func run() async {
        while !Task.isCancelled {
            do {
                let count = try await videos.retireSources(olderThan: age)
                if count > 0 { logger.info("sources are given up", metadata: ["count": "\(count)"]) }
                if count >= Videos.sourceBatch { continue }
                try? await Task.sleep(for: Self.interval)
            } catch {
                logger.warning("old sources could not be looked for", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.intervalAfterTrouble)
            }
        }
    }
}
