import Database
import Feed
import Logging
import Moderation
import ServiceLifecycle

/// What goes on beside the requests: keeping the memory current and the counts folded.
struct APIUpkeep: Service {
    /// How long a count may wait to be folded.
    private static let foldInterval = Duration.milliseconds(200)
    /// While the database is away, a line in the log now and then is enough.
    private static let pauseAfterFailure = Duration.seconds(5)
    /// After so many folded entries their room is given back.
    private static let vacuumAfter = 20_000

    let parts: APIParts
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await followChanges() }
                group.addTask { await foldCounts() }
                group.addTask { await parts.services.moderator.run() }
                if parts.configuration.services.contains(.video) {
                    group.addTask { await UploadUpkeep(core: parts.uploads, logger: logger).run() }
                }
            }
        }
    }

    private func followChanges() async {
        let changes = Changes(parts.services.pool, logger: logger)
        await changes.forEach { change in
            do {
                try await apply(change)
            } catch {
                logger.warning("what is kept in memory could not be renewed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func apply(_ change: Change) async throws {
        let keepsFeed = parts.configuration.services.contains(.video)
        switch change {
        case .everything:
            try await parts.revoked.reload()
            if keepsFeed { try await parts.feed.reload() }
        case .tokens: try await parts.revoked.reload()
        case .videos(let ids): if keepsFeed { try await parts.feed.refresh(videos: ids) }
        case .users(let ids): if keepsFeed { try await parts.feed.refresh(authors: ids) }
        }
    }

    private func foldCounts() async {
        let log = CountLog(parts.services.pool)
        var folded = 0
        while !Task.isCancelled {
            do {
                let count = try await log.fold()
                folded += count
                if folded >= Self.vacuumAfter {
                    folded = 0
                    try await log.vacuum()
                }
                // A full batch: there is more.
                if count >= CountLog.batchLength { continue }
            } catch  where !Task.isCancelled {
                logger.warning("counts could not be folded", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.pauseAfterFailure)
            } catch {}
            try? await Task.sleep(for: Self.foldInterval)
        }
    }
}

/// The library that runs it logs it, and would describe all that is in it.
extension APIUpkeep: CustomStringConvertible {
    var description: String { "APIUpkeep" }
}
