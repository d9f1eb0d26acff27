public import Domain
public import Foundation

/// The pipeline on a long video, in pieces that any worker can do: the windows of a `ChunkPlan`, the sound, and then
/// the package of both.
///
/// A piece of work that is done twice fits the others just as well: the same
/// pictures at the same times, though x264 may distribute bits differently when
/// its threads share a rate limit. Folders must exist
/// and be empty, and are left empty when the work fails; `progress` is called
/// from several threads, often. Everything throws `MediaRefusal` if the source
/// will never become a video, and `MediaError` otherwise.
public struct ChunkProcessor: Sendable {
    private let pipeline: PipelineDefinition
    private let cores: Int

    /// `cores` is how many processor cores the encoders count on.
    ///
    /// Pictures are always encoded, even where `pipeline` would copy them: copied ones can be cut at the source's own
    /// keyframes only.
    public init(pipeline: PipelineDefinition, cores: Int = ProcessInfo.processInfo.activeProcessorCount) {
        self.pipeline = pipeline
        self.cores = cores
    }

    /// How a video that lasts this long is cut; `nil` if it is not.
    public func plan(durationSeconds: Double) -> ChunkPlan? {
        ChunkPlan(durationSeconds: durationSeconds, pipeline: pipeline)
    }

    /// Encodes one window of the pictures, and returns the names of the files in `output`.
    public func encodeChunk(
        source: String,
        window: ChunkWindow,
        output: URL,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws -> [String] {
        try WorkFolder(output).fill {
            let chunk = try ChunkSource(path: source, limits: pipeline.limits, window: window)
            let info = chunk.file.info
            let encoder = ChunkEncoder(
                source: chunk,
                window: window,
                plan: TranscodePlan(for: info.video, pipeline: pipeline),
                pipeline: pipeline,
                cores: cores,
                output: output,
                durationSeconds: (window.endSeconds ?? info.durationSeconds) - window.startSeconds,
                cancellation: cancellation,
                progress: progress
            )
            try encoder.run()
        }
        progress(ProcessingProgress(fraction: 1))
        return try names(in: output)
    }

    /// Encodes the sound of the whole video, and returns the names of the files in `output`.
    ///
    /// A source without sound gives a file as well, which says so.
    public func encodeSound(
        source: String,
        output: URL,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws -> [String] {
        try WorkFolder(output).fill {
            let encoder = SoundEncoder(
                source: try SourceFile(path: source, limits: pipeline.limits),
                pipeline: pipeline,
                output: output,
                cancellation: cancellation,
                progress: progress
            )
            try encoder.run()
        }
        progress(ProcessingProgress(fraction: 1))
        return try names(in: output)
    }

    /// Fills `output` with the package.
    ///
    /// `chunks` are the folders of all windows of a plan, in its order, `sound` that of the sound; `cover` says what the
    /// cover shows.
    public func assemble(
        source: String,
        chunks: [URL],
        sound: URL,
        output: URL,
        cover: CoverChoice = .automatic,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws -> MediaPackage {
        let package = try WorkFolder(output).fill {
            let file = try SourceFile(path: source, limits: pipeline.limits)
            let plan = TranscodePlan(for: file.info.video, pipeline: pipeline)
            let chunks = try ChunkSet(folders: chunks)
            let result = try ChunkAssembler(
                plan: plan,
                chunks: chunks,
                sound: sound,
                output: output,
                cancellation: cancellation,
                progress: progress
            ).run()
            try PictureMaker(pipeline: pipeline).makePictures(
                of: source,
                cover: cover,
                into: output
            )
            return try PackageVerifier(folder: output).verify(
                PackageVerifier.Expectation(plan: plan, pipeline: pipeline, result: result)
            )
        }
        progress(ProcessingProgress(fraction: 1))
        return package
    }

    private func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }
}
