import Database
import Domain
import Foundation
import Jobs
import MediaTasks
import ObjectStorage

/// Makes everything a viewer plays, stores it under the prefix of its lease and publishes that prefix.
struct TranscodeVideoHandler: JobHandler {
    let workshop: VideoWorkshop

    func run(_ job: Job<TranscodeVideo>) async throws -> JobOutcome {
        try await workshop.logging(job, video: job.arguments.videoID) { try await transcode(job) }
    }

    private func transcode(_ job: Job<TranscodeVideo>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: id), source.state == .processing else {
            return .completed()
        }
        try await sweepEarlierAttempts(of: id)
        let end = try await workshop.scratch.withFolder("\(job.id)-\(job.lease)") { folder in
            try await workshop.store.fetch(ObjectKey(source.key), to: "\(folder)/source")
            let end = try await runProgram(job, in: folder)
            if case .reported(.transcoded(let package)) = end { try await store(package, of: job, from: folder) }
            return end
        }
        guard case .reported(.transcoded(let package)) = end else { return end.failureOutcome }
        return .completed { transaction in
            let isPublished = try await workshop.videos.publish(
                id,
                prefix: prefix(of: job),
                package: package,
                in: transaction
            )
            // Thrown, so that what was stored is cleaned up.
            guard isPublished else { throw VideoIsGone() }
        }
    }

    func discarded(
        _ arguments: TranscodeVideo,
        failure: JobFailure,
        in transaction: JobTransaction
    ) async throws {
        try await workshop.fail(arguments.videoID, failure, in: transaction)
        // The last attempt's worker may have died before it could clean up.
        try? await sweepEarlierAttempts(of: arguments.videoID)
    }

    func cleanUp(after job: Job<TranscodeVideo>) async {
        // What stays here is found again by the next attempt's sweep.
        try? await workshop.store.deleteAll(prefix: prefix(of: job) + "/")
    }

    private func prefix(of job: Job<TranscodeVideo>) -> String { "videos/\(job.arguments.videoID)/\(job.lease)" }

    /// The video was removed while it was processed: the next attempt sees that and ends.
    private struct VideoIsGone: Error {}

    /// Removes what a worker left that was killed before it could clean up.
    ///
    /// Nothing of this video is published yet, so whatever stands below it belongs to a lost lease.
    private func sweepEarlierAttempts(of id: VideoID) async throws {
        try await workshop.store.deleteAll(prefix: "videos/\(id)/")
    }

    private func runProgram(_ job: Job<TranscodeVideo>, in folder: String) async throws -> TaskEnd {
        let output = "\(folder)/output"
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: false)
        let request = TaskRequest(
            task: .transcode,
            source: "\(folder)/source",
            output: output,
            pipeline: workshop.pipeline
        )
        return try await workshop.program.run(request) { job.report(progress: $0.fraction) }
    }

    /// Moves the package's files into the store, playlists last: no list is ever there before what it names.
    private func store(_ package: MediaPackage, of job: Job<TranscodeVideo>, from folder: String) async throws {
        let ordered = package.files.sorted { !$0.path.hasSuffix(".m3u8") && $1.path.hasSuffix(".m3u8") }
        for file in ordered {
            try Task.checkCancellation()
            let key = try ObjectKey("\(prefix(of: job))/\(file.path)")
            try await workshop.store.put(key, movingFile: "\(folder)/output/\(file.path)")
        }
    }
}
