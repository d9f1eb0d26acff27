import Database
import Domain
import Jobs
import ObjectStorage

/// Deletes every object that a removed video ever had: what viewers played, what creators uploaded, pieces of long
/// videos, and what attempts left that were killed.
///
/// Other videos may show the same. Only the last of them ends the media, in the transaction that removes it; nothing can
/// refer to them after that, and their number is never given again, so that everything in their folders may go at any time.
struct EraseVideoHandler: JobHandler {
    let workshop: VideoWorkshop

    /// An attempt that was told to stop does so at its next heartbeat.
    private static let patience = Duration.seconds(2)

    func run(_ job: Job<EraseVideo>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let erasure = try await workshop.videos.erasure(of: id) else { return .completed() }
        if erasure.isLast {
            // What is still being written would outlive its deletion.
            if try await workshop.videos.isBeingWorkedOn(id) { return .snooze(Self.patience) }
            for area in ["videos", "chunks"] {
                try await workshop.store.deleteAll(prefix: "\(area)/\(erasure.media)/")
            }
            try await workshop.deleteSource(of: erasure.media, erasure.sources)
        }
        return .completed { transaction in try await workshop.videos.erase(id, in: transaction) }
    }
}

extension VideoWorkshop {
    /// Deletes what a creator uploaded: the file, and the image that was to be the cover.
    func deleteSource(of media: VideoID, _ keys: [String]) async throws {
        try await store.deleteAll(prefix: "sources/\(media)/")
        try await store.delete(keys.compactMap(ObjectKey.init(rawValue:)))
    }
}

extension CoverWish {
    var imageKey: String? {
        if case .image(let key) = self { key } else { nil }
    }
}
