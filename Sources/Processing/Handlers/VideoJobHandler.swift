import Database
import Domain
import Jobs

/// The arguments of a job that makes something of a video.
protocol VideoArguments: JobArguments {
    var videoID: VideoID { get }
}

extension ProbeVideo: VideoArguments {}
extension FirstRendition: VideoArguments {}
extension TranscodeVideo: VideoArguments {}
extension AssembleVideo: VideoArguments {}

/// The frame of a job that makes something of a video: one line in the log, and what becomes of the video and of the files that
/// were stored when it fails.
protocol VideoJobHandler: JobHandler where Arguments: VideoArguments {
    var workshop: VideoWorkshop { get }
    /// The folder of the store that attempts fill.
    var area: String { get }

    func process(_ job: Job<Arguments>) async throws -> JobOutcome
}

extension VideoJobHandler {
    var area: String { "videos" }

    func run(_ job: Job<Arguments>) async throws -> JobOutcome {
        try await workshop.logging(job, video: job.arguments.videoID) { try await process(job) }
    }

    func discarded(_ arguments: Arguments, failure: JobFailure, in transaction: JobTransaction) async throws {
        try await workshop.fail(arguments.videoID, failure, in: transaction)
    }

    func cleanUp(after job: Job<Arguments>) async { await attempt(job).discardFiles() }

    func attempt(_ job: Job<Arguments>) -> VideoAttempt<Arguments> {
        VideoAttempt(workshop: workshop, job: job, id: job.arguments.videoID, area: area)
    }
}
