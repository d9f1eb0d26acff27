import Database
import Jobs

/// Deletes what a creator uploaded, when it has been kept for long enough.
struct RetireSourceHandler: JobHandler {
    let workshop: VideoWorkshop

    func run(_ job: Job<RetireSource>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: id) else { return .completed() }
        try await workshop.deleteSource(of: id, source)
        return .completed()
    }
}
