public import Database
import Domain
import Foundation
public import Jobs
import MediaTasks
public import ObjectStorage

/// What the handlers of a video's jobs share: where its bytes are, who looks at them, and where it is recorded.
public struct VideoWorkshop: Sendable {
    let videos: Videos
    let store: any ObjectStore
    let program: MediaProgram
    let scratch: ScratchFolder
    /// The path of the pipeline definition.
    let pipeline: String

    public init(
        videos: Videos,
        store: any ObjectStore,
        program: MediaProgram,
        scratch: ScratchFolder,
        pipeline: String
    ) {
        self.videos = videos
        self.store = store
        self.program = program
        self.scratch = scratch
        self.pipeline = pipeline
    }

    /// One handler for each kind of job.
    public var handlers: [any JobHandler] { [ProbeVideoHandler(workshop: self), TranscodeVideoHandler(workshop: self)] }

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
}
