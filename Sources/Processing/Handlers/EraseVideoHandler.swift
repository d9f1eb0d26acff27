import Database
import Domain
import Jobs
import ObjectStorage

/// Deletes every object that a removed video ever had: what viewers played, what creators uploaded, pieces of long
/// videos, and what attempts left that were killed.
struct EraseVideoHandler: JobHandler {
    let workshop: VideoWorkshop

    /// An attempt that was told to stop does so at its next heartbeat.
    private static let patience = Duration.seconds(2)

    func run(_ job: Job<EraseVideo>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: id), source.state == .removed else {
            return .completed()
        }
        // What is still being written would outlive its deletion.
        if try await workshop.videos.isBeingWorkedOn(id) { return .snooze(Self.patience) }
        for area in ["videos", "chunks"] { try await workshop.store.deleteAll(prefix: "\(area)/\(id)/") }
        try await workshop.deleteSource(of: id, source)
        return .completed { transaction in try await workshop.videos.erase(id, in: transaction) }
    }
}

extension VideoWorkshop {
    /// Deletes what a creator uploaded: the file, and the image that was to be the cover.
    func deleteSource(of id: VideoID, _ source: VideoSource) async throws {
        try await store.deleteAll(prefix: "sources/\(id)/")
        let keys = [source.key] + [source.cover.imageKey].compactMap(\.self)
        try await store.delete(keys.compactMap(ObjectKey.init(rawValue:)))
    }
}

extension CoverWish {
    fileprivate var imageKey: String? {
        if case .image(let key) = self { key } else { nil }
    }
}
