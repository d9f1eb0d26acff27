public import Domain
public import Foundation

/// The whole pipeline on one file: probe, plan, transcode, verify.
public struct VideoProcessor: Sendable {
    /// What was found in the source, and what was made of it.
    public struct Result: Codable, Sendable, Equatable {
        public var info: MediaInfo
        public var package: MediaPackage
    }

    private let pipeline: PipelineDefinition

    public init(pipeline: PipelineDefinition) { self.pipeline = pipeline }

    /// Fills `output` with the package of `source`; on failure it is left empty.
    ///
    /// `output` must exist and be empty; `progress` is called from several threads, often.
    /// Throws `MediaRefusal` if the source will never become a video, `MediaError` otherwise.
    public func process(
        source: String,
        output: URL,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws -> Result {
        do {
            return try makePackage(source, output, cancellation, progress)
        } catch {
            // What was being done stands in the error; a file that cannot be removed adds nothing to it.
            for name in (try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? [] {
                try? FileManager.default.removeItem(at: output.appending(path: name))
            }
            throw Self.explained(error)
        }
    }

    private func makePackage(
        _ source: String,
        _ output: URL,
        _ cancellation: Cancellation,
        _ progress: @escaping @Sendable (ProcessingProgress) -> Void
    ) throws -> Result {
        let info = try MediaProbe(limits: pipeline.limits).probe(source)
        let plan = TranscodePlan(for: info.video, pipeline: pipeline)
        let transcoded = try Transcoder(
            source: SourceFile(path: source, limits: pipeline.limits),
            plan: plan,
            pipeline: pipeline,
            output: output,
            durationSeconds: info.durationSeconds,
            cancellation: cancellation,
            progress: progress
        ).run()
        let package = try PackageVerifier(folder: output).verify(
            PackageVerifier.Expectation(plan: plan, result: transcoded)
        )
        progress(ProcessingProgress(fraction: 1))
        return Result(info: info, package: package)
    }

    /// Leaves refusals alone and gives every other error this module's type.
    private static func explained(_ error: any Error) -> any Error {
        if error is MediaRefusal || error is MediaError { return error }
        return MediaError(.internalFailure, "\(error)")
    }
}
