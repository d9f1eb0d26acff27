import Database
import Domain
import Jobs
import MediaTasks

/// The arguments of a job that encodes a piece of a long video.
protocol PartArguments: VideoArguments {
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
struct EncodePartHandler<Arguments: PartArguments>: VideoJobHandler {
    let workshop: VideoWorkshop
    /// What only workers see.
    var area: String { "chunks" }

    func process(_ job: Job<Arguments>) async throws -> JobOutcome {
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
}
