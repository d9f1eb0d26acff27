public import Domain
public import Foundation

/// The pipeline on a long video, in pieces that any worker can do: the windows of a `ChunkPlan`, the sound, and then
/// the package of both.
///
/// A piece of work that is done twice gives the same files. Folders must exist
/// and be empty, and are left empty when the work fails; `progress` is called
/// from several threads, often. Everything throws `MediaRefusal` if the source
/// will never become a video, and `MediaError` otherwise.
public struct ChunkProcessor: Sendable {
    private let pipeline: PipelineDefinition

    public init(pipeline: PipelineDefinition) {
        var pipeline = pipeline
        // Copied pictures can be cut at the source's own keyframes only, and those come when they like.
        pipeline.video.passthrough = false
        self.pipeline = pipeline
    }

    /// How a video that lasts this long is cut; `nil` if it is not.
    public func plan(durationSeconds: Double) -> ChunkPlan? {
        ChunkPlan(durationSeconds: durationSeconds, pipeline: pipeline)
    }

    /// Encodes one window of the pictures.
    ///
    /// `info` is what the probe of the source found.
    public func encodeChunk(
        source: String,
        info: MediaInfo,
        window: ChunkWindow,
        output: URL,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws {
        try WorkFolder(output).fill {
            let end = window.endSeconds ?? max(info.durationSeconds, window.startSeconds)
            let encoder = ChunkEncoder(
                source: try ChunkSource(path: source, limits: pipeline.limits, window: window),
                window: window,
                plan: TranscodePlan(for: info.video, pipeline: pipeline),
                pipeline: pipeline,
                output: output,
                durationSeconds: end - window.startSeconds,
                cancellation: cancellation,
                progress: progress
            )
            try encoder.run()
        }
        progress(ProcessingProgress(fraction: 1))
    }

    /// Encodes the sound of the whole video; only for a source that has sound.
    public func encodeSound(
        source: String,
        info: MediaInfo,
        output: URL,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws {
        try WorkFolder(output).fill {
            let encoder = SoundEncoder(
                source: try SourceFile(path: source, limits: pipeline.limits),
                pipeline: pipeline,
                output: output,
                durationSeconds: info.durationSeconds,
                cancellation: cancellation,
                progress: progress
            )
            try encoder.run()
        }
        progress(ProcessingProgress(fraction: 1))
    }

    /// Fills `output` with the package.
    ///
    /// `chunks` are the folders of all windows of the plan, in its order, `sound` that of the sound: `nil` for a source
    /// without.
    public func assemble(
        source: String,
        info: MediaInfo,
        plan: ChunkPlan,
        chunks: [URL],
        sound: URL?,
        output: URL,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws -> MediaPackage {
        let package = try WorkFolder(output).fill {
            guard (sound == nil) == (info.audio == nil) else {
                throw MediaError(.sourceUnreadable, "The sound is missing; encode it first.")
            }
            let transcode = TranscodePlan(for: info.video, pipeline: pipeline)
            let result = try ChunkAssembler(
                plan: transcode,
                chunks: ChunkSet(folders: chunks, plan: plan),
                sound: sound,
                output: output,
                cancellation: cancellation,
                progress: progress
            ).run()
            try KeyframeCover(
                source: SourceFile(path: source, limits: pipeline.limits),
                plan: transcode,
                settings: pipeline.cover,
                durationSeconds: info.durationSeconds,
                cancellation: cancellation
            ).write(to: output.appending(path: PackageLayout.cover))
            return try PackageVerifier(folder: output).verify(
                PackageVerifier.Expectation(plan: transcode, result: result)
            )
        }
        progress(ProcessingProgress(fraction: 1))
        return package
    }
}
