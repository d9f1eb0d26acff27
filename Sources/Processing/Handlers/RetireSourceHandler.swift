import Database
import Jobs

/// Deletes what a creator uploaded, when it has been kept for long enough.
///
/// The database has said before that it is given up, under the lock of whoever might still want it, and never takes that
/// back: the deletion cannot come too late.
struct RetireSourceHandler: JobHandler {
    let workshop: VideoWorkshop

    func run(_ job: Job<RetireSource>) async throws -> JobOutcome {
        let media = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: media) else { return .completed() }
        try await workshop.deleteSource(of: media, [source.key] + [source.cover.imageKey].compactMap(\.self))
        return .completed()
    }
}
