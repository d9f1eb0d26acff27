import Database
import Domain
import Jobs
import MediaTasks

/// The arguments of a job that encodes a piece of a long video.
protocol PartArguments: JobArguments {
    var videoID: VideoID { get }
    /// Its name among the pieces.
    var part: String { get }
    var task: TaskRequest.Task { get }
    var window: TaskRequest.Window? { get }
}

extension EncodeChunk: PartArguments {
    var part: String { "\(number)" }
    var task: TaskRequest.Task { .chunk }
    var window: TaskRequest.Window? { .init(number: number, startSeconds: startSeconds, endSeconds: endSeconds) }
}

extension EncodeSound: PartArguments {
    var part: String { VideoParts.sound }
    var task: TaskRequest.Task { .sound }
    var window: TaskRequest.Window? { nil }
}

/// Encodes a piece of a long video, on whichever worker is free, and notes where it is.
struct EncodePartHandler<Arguments: PartArguments>: JobHandler {
    let workshop: VideoWorkshop

    func run(_ job: Job<Arguments>) async throws -> JobOutcome {
        try await workshop.logging(job, video: job.arguments.videoID) { try await encode(job) }
    }

    private func encode(_ job: Job<Arguments>) async throws -> JobOutcome {
        let arguments = job.arguments
        guard let source = try await workshop.videos.source(of: arguments.videoID), source.needsMedia else {
            return .completed()
        }
        let attempt = attempt(job)
        let end = try await attempt.run(arguments.task, source, window: arguments.window)
        guard case .reported(.encoded) = end else { return end.failureOutcome }
        return .completed { transaction in
            try await workshop.parts.record(
                arguments.part,
                of: arguments.videoID,
                prefix: attempt.prefix,
                in: transaction
            )
        }
    }

    func discarded(_ arguments: Arguments, failure: JobFailure, in transaction: JobTransaction) async throws {
        try await workshop.fail(arguments.videoID, failure, in: transaction)
    }

    func cleanUp(after job: Job<Arguments>) async { await attempt(job).discardFiles() }

    private func attempt(_ job: Job<Arguments>) -> VideoAttempt<Arguments> {
        VideoAttempt(workshop: workshop, job: job, id: job.arguments.videoID, area: "chunks")
    }
}
