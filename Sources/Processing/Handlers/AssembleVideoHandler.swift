import Database
import Domain
import Jobs
import MediaTasks

/// Puts the pieces of a long video together and publishes the whole.
struct AssembleVideoHandler: VideoJobHandler {
    typealias Arguments = AssembleVideo

    let workshop: VideoWorkshop

    func process(_ job: Job<AssembleVideo>) async throws -> JobOutcome {
        let id = job.arguments.videoID
        guard let source = try await workshop.videos.source(of: id), source.needsMedia else { return .completed() }
        try await workshop.sweepEarlierAttempts(of: id, before: job.lease, keeping: source.mediaPrefix)
        let attempt = attempt(job)
        let end = try await attempt.run(.assemble, source, parts: try await parts(of: job.arguments))
        guard case .reported(.transcoded(let package)) = end else { return end.failureOutcome }
        return .completed { transaction in
            try await workshop.parts.remove(of: id, in: transaction)
            try await workshop.videos.retire(
                "chunks/\(id)",
                of: source.authorID,
                after: .zero,
                leasesBelow: job.lease,
                in: transaction
            )
            // Last, as it takes the lock that every publication takes.
            try await workshop.publish(id, attempt.prefix, package, isComplete: true, in: transaction)
        }
    }

    /// The chunks in their order, then the sound.
    private func parts(of arguments: AssembleVideo) async throws -> [(name: String, prefix: String)] {
        let prefixes = try await workshop.parts.list(of: arguments.videoID)
        return try ((0..<arguments.chunkCount).map { "\($0)" } + [VideoParts.sound]).map { name in
            guard let prefix = prefixes[name] else {
                throw JobFailure(code: "part_missing", message: "the piece \(name) of the video is missing")
            }
            return (name, prefix)
        }
    }
}
