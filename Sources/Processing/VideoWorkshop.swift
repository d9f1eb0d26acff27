public import Database
import Domain
import Foundation
public import Jobs
public import Logging
import MediaTasks
public import ObjectStorage

/// What the handlers of a video's jobs share: where its bytes are, who looks at them, and where it is recorded.
public struct VideoWorkshop: Sendable {
    let videos: Videos
    let parts: VideoParts
    let store: any ObjectStore
    let program: MediaProgram
    let scratch: ScratchFolder
    let pipelines: PipelineFolder
    let cores: Int?
    let purgeHook: PurgeHook?
    let logger: Logger

    /// `cores` is how many processor cores one encode counts on; all there are for `nil`.
    public init(
        videos: Videos,
        parts: VideoParts,
        store: any ObjectStore,
        program: MediaProgram,
        scratch: ScratchFolder,
        pipelines: PipelineFolder,
        cores: Int? = nil,
        purgeHook: PurgeHook? = nil,
        logger: Logger
    ) {
        self.videos = videos
        self.parts = parts
        self.store = store
        self.program = program
        self.scratch = scratch
        self.pipelines = pipelines
        self.cores = cores
        self.purgeHook = purgeHook
        self.logger = logger
    }

    /// One handler for each kind of job.
    public var handlers: [any JobHandler] {
        [
            ProbeVideoHandler(workshop: self), FirstRenditionHandler(workshop: self),
            TranscodeVideoHandler(workshop: self), EncodePartHandler<EncodeChunk>(workshop: self),
            EncodePartHandler<EncodeSound>(workshop: self), AssembleVideoHandler(workshop: self),
            RetireMediaHandler(workshop: self), EraseVideoHandler(workshop: self), RetireSourceHandler(workshop: self),
            PurgeMediaHandler(hook: purgeHook),
        ]
    }

    /// Returns whether jobs of a queue can be done on this machine now: those that open files need a confined child.
    public func canServe(_ queue: String) async -> Bool {
        queue == RetireMedia.queue ? true : await program.isAbleToStart()
    }

    /// - Throws: ``SandboxUnavailable`` while videos cannot be processed on this machine.
    public func checkReadiness() throws { try program.checkReadiness() }

    /// Lets viewers play what an attempt has stored.
    func publish(
        _ id: VideoID,
        _ prefix: String,
        _ package: MediaPackage,
        isComplete: Bool,
        in transaction: JobTransaction
    ) async throws {
        let isPublished = try await videos.publish(
            id,
            prefix: prefix,
            package: package,
            isComplete: isComplete,
            in: transaction
        )
        // Thrown, so that what was stored is cleaned up.
        guard isPublished else { throw VideoIsGone() }
    }

    /// The video was removed while it was processed: the next attempt sees that and ends.
    private struct VideoIsGone: Error {}

    /// Removes what workers left that were killed before they could clean up: the folders of smaller leases than that
    /// of the attempt that asks for it.
    func sweepEarlierAttempts(of id: VideoID, before lease: Int64, keeping prefix: String?) async throws {
        try await AttemptFolders(store: store, path: "videos/\(id)").sweep(leasesBelow: lease, keeping: prefix)
    }

    /// Records that a video will not be, with a reason that its creator understands.
    func fail(_ id: VideoID, _ failure: JobFailure, in transaction: JobTransaction) async throws {
        let isRefusal = MediaRefusal.Code(rawValue: failure.code) != nil
        let reason =
            isRefusal
            ? failure.message
            : "Processing failed several times, and it is not your fault. Upload the video again; "
                + "if it fails again, export it in another format first."
        try await videos.fail(id, code: isRefusal ? failure.code : "internal", reason: reason, in: transaction)
    }

    /// Runs one attempt of a job and logs how it ended, in one line.
    func logging<Arguments>(
        _ job: Job<Arguments>,
        video id: VideoID,
        _ attempt: () async throws -> JobOutcome
    ) async throws -> JobOutcome {
        let start = ContinuousClock.now
        var facts: Logger.Metadata = [
            "job.id": "\(job.id)", "job.kind": "\(Arguments.kind)", "job.attempt": "\(job.attempt)",
            "video.id": "\(id)",
        ]
        do {
            let outcome = try await attempt()
            facts["seconds"] = "\((ContinuousClock.now - start) / .seconds(1))"
            facts["outcome"] = "\(outcome.summary)"
            logger.info("a job's attempt ended", metadata: facts)
            return outcome
        } catch {
            facts["error"] = "\(error)"
            logger.info("a job's attempt was given up", metadata: facts)
            throw error
        }
    }
}

extension JobOutcome {
    /// What a log line says of it.
    fileprivate var summary: String {
        switch self {
        case .completed: "completed"
        case .retry(let failure): "retry: \(failure.code): \(failure.message)"
        case .discard(let failure): "discarded: \(failure.code): \(failure.message)"
        case .snooze(let duration): "snoozed for \(duration)"
        }
    }
}
