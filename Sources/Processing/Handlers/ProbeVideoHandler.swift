import Database
import Domain
import Jobs
import MediaTasks

/// Looks at an upload and decides whether it may become a video; if so, adds the rest of the work to its flow.
struct ProbeVideoHandler: VideoJobHandler {
    let workshop: VideoWorkshop

    func process(_ job: Job<ProbeVideo>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: id), source.state == .processing else {
            return .completed()
        }
        let end = try await attempt(job).run(.probe, source)
        guard case .reported(.probed(let info, let pieces)) = end else { return end.failureOutcome }
        return .completed(adding: try Self.work(on: id, in: pieces)) { transaction in
            try await workshop.videos.recordProbe(id, info: info, in: transaction)
        }
    }

    /// What can be played soonest comes first, and the machine is its own meanwhile.
    private static func work(on id: VideoID, in pieces: [TaskRequest.Window]) throws -> [NewJob] {
        let first = try NewJob(FirstRendition(videoID: id), priority: 1)
        guard pieces.count > 1 else { return [first, try NewJob(TranscodeVideo(videoID: id), after: [first.node])] }
        let sound = try NewJob(EncodeSound(videoID: id), after: [first.node])
        let chunks = try pieces.map { piece in
            try NewJob(
                EncodeChunk(
                    videoID: id,
                    number: piece.number,
                    startSeconds: piece.startSeconds,
                    endSeconds: piece.endSeconds
                ),
                node: "\(EncodeChunk.kind)_\(piece.number)",
                after: [first.node]
            )
        }
        let assemble = try NewJob(
            AssembleVideo(videoID: id, chunkCount: chunks.count),
            after: [sound.node] + chunks.map(\.node)
        )
        return [first, sound] + chunks + [assemble]
    }

    /// It stores nothing.
    func cleanUp(after job: Job<ProbeVideo>) async {}
}
