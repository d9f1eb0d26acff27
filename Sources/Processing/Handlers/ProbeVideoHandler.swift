import Database
import Domain
import Jobs
import MediaTasks
import ObjectStorage

/// Looks at an upload and decides whether it may become a video; if so, adds the transcode to its flow.
struct ProbeVideoHandler: JobHandler {
    let workshop: VideoWorkshop

    func run(_ job: Job<ProbeVideo>) async throws -> JobOutcome {
        try await workshop.logging(job, video: job.arguments.videoID) { try await probe(job) }
    }

    private func probe(_ job: Job<ProbeVideo>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: id), source.state == .processing else {
            return .completed()
        }
        let end = try await workshop.scratch.withFolder("\(job.id)-\(job.lease)") { folder in
            try await workshop.store.fetch(ObjectKey(source.key), to: "\(folder)/source")
            return try await workshop.program.run(
                TaskRequest(task: .probe, source: "\(folder)/source", pipeline: workshop.pipeline)
            )
        }
        guard case .reported(.probed(let info)) = end else { return end.failureOutcome }
        return .completed(adding: [try NewJob(TranscodeVideo(videoID: id))]) { transaction in
            try await workshop.videos.recordProbe(id, info: info, in: transaction)
        }
    }

    func discarded(
        _ arguments: ProbeVideo,
        failure: JobFailure,
        in transaction: JobTransaction
    ) async throws {
        try await workshop.fail(arguments.videoID, failure, in: transaction)
    }
}
