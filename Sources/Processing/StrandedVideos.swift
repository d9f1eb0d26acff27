public import Database
public import Logging

/// Looks for videos that wait for work which is over, and says of them that it failed.
///
/// Every worker looks.
public struct StrandedVideos: Sendable {
    private let videos: Videos
    private let logger: Logger

    private static let interval = Duration.seconds(60)

    public init(videos: Videos, logger: Logger) {
        self.videos = videos
        self.logger = logger
    }

    /// Runs until cancelled.
    public func run() async {
        while !Task.isCancelled {
            do {
                for id in try await videos.endStranded() {
                    logger.error("video stranded: its jobs have ended without it", metadata: ["video.id": "\(id)"])
                }
            } catch  where !Task.isCancelled {
                // A database that is away is told of once, by the loop that looks after the queue.
                let level: Logger.Level = DatabaseHealth.isTemporary(error) ? .debug : .warning
                logger.log(level: level, "search for stranded videos failed", metadata: ["error": "\(error)"])
            } catch {}
            try? await Task.sleep(for: Self.interval)
        }
    }
}
