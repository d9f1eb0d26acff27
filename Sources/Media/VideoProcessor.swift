public import Domain
import FFmpeg
public import Foundation

/// The whole pipeline on one file: probe, plan, transcode, verify.
public struct VideoProcessor: Sendable {
    /// What was found in the source, and what was made of it.
    public struct Result: Codable, Sendable, Equatable {
        public var info: MediaInfo
        public var package: MediaPackage
        /// The name of the rendition that has the source's own packets; `nil` if all were encoded.
        public var copiedRendition: String?
        /// How long the steps took.
        public var timings = Timings()
    }

    /// How long the steps took, in seconds.
    public struct Timings: Codable, Sendable, Equatable {
        /// Looking at the source's headers and packets.
        public var probeSeconds = 0.0
        /// Decoding, encoding, copying and writing.
        public var transcodeSeconds = 0.0
        /// Reopening everything that was written.
        public var verifySeconds = 0.0

        public var totalSeconds: Double { probeSeconds + transcodeSeconds + verifySeconds }
    }

    private let pipeline: PipelineDefinition
    private let cores: Int

    /// `cores` is how many processor cores the encoders count on.
    public init(pipeline: PipelineDefinition, cores: Int = ProcessInfo.processInfo.activeProcessorCount) {
        self.pipeline = pipeline
        self.cores = cores
    }

    /// Fills `output` with the package of `source`; on failure it is left empty.
    ///
    /// `output` must exist and be empty; `cover` says what the cover shows; `progress` is called from several threads,
    /// often.
    /// Throws `MediaRefusal` if the source will never become a video, `MediaError` otherwise.
    public func process(
        source: String,
        output: URL,
        cover: CoverChoice = .automatic,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws -> Result {
        let work = Work(source: source, output: output, cover: cover, cancellation: cancellation, progress: progress)
        return try WorkFolder(output).fill {
            let info = try MediaProbe(limits: pipeline.limits).probe(source)
            let plan = TranscodePlan(for: info.video, pipeline: pipeline, facts: facts(of: source))
            guard plan.copiedRung != nil else { return try makePackage(work, info, plan, pipeline) }
            return try copying(work) {
                try makePackage(work, info, plan, pipeline)
            } orElse: {
                try makePackage(work, info, TranscodePlan(for: info.video, pipeline: pipeline), pipeline)
            }
        }
    }

    /// Fills `output` with a package of one rendition, to be published until `process` has made the others.
    ///
    /// The source's own packets are the rendition if they can be played as they
    /// are; otherwise a small one is encoded, without storyboard and preview.
    /// `nil`, with `output` left empty, if that would hardly be sooner than the
    /// complete package: the source is short and has to be encoded.
    public func processFirst(
        source: String,
        output: URL,
        cover: CoverChoice = .automatic,
        cancellation: Cancellation = Cancellation(),
        progress: @escaping @Sendable (ProcessingProgress) -> Void = { _ in }
    ) throws -> Result? {
        let work = Work(source: source, output: output, cover: cover, cancellation: cancellation, progress: progress)
        return try WorkFolder(output).fill {
            let info = try MediaProbe(limits: pipeline.limits).probe(source)
            let quick = pipeline.quickened
            let make = { (facts: PassthroughFacts?) throws -> Result? in
                try TranscodePlan.first(for: info, pipeline: pipeline, facts: facts)
                    .map { try makePackage(work, info, $0, quick) }
            }
            let facts = facts(of: source)
            return try copying(work) {
                try make(facts)
            } orElse: {
                try make(nil)
            }
        }
    }

    /// What every step of the work needs to know.
    private struct Work {
        var source: String
        var output: URL
        var cover: CoverChoice
        var cancellation: Cancellation
        var progress: @Sendable (ProcessingProgress) -> Void
        let start = ContinuousClock.now
    }

    /// What decides whether packets are copied; `nil` where they cannot be.
    private func facts(of source: String) -> PassthroughFacts? {
        guard pipeline.video.passthrough else { return nil }
        // What is wrong with the source is said by those who decode it.
        return try? PassthroughScanner.facts(of: source, limits: pipeline.limits)
    }

    /// Tries to copy packets, and encodes instead if they turn out not to be what their headers say.
    private func copying<Made>(_ work: Work, _ copy: () throws -> Made, orElse encode: () throws -> Made) throws -> Made
    {
        do { return try copy() } catch  where Self.isCopyFailure(error) {
            WorkFolder(work.output).empty()
            return try encode()
        }
    }

    private static func isCopyFailure(_ error: any Error) -> Bool {
        error is CopyFailure || error is FFmpegError || (error as? MediaError)?.code == .verificationFailed
    }

    private func makePackage(
        _ work: Work,
        _ info: MediaInfo,
        _ plan: TranscodePlan,
        _ pipeline: PipelineDefinition
    ) throws -> Result {
        var timings = Timings(probeSeconds: (ContinuousClock.now - work.start) / .seconds(1))
        try PictureMaker(pipeline: pipeline).writeUploadedCover(work.cover, into: work.output)
        let source = try SourceFile(path: work.source, limits: pipeline.limits)
        let transcoder = Transcoder(
            source: source,
            plan: plan,
            pipeline: pipeline,
            cores: cores,
            output: work.output,
            durationSeconds: info.durationSeconds,
            cover: work.cover,
            cancellation: work.cancellation,
            progress: work.progress
        )
        let transcoded = try Self.timed(&timings.transcodeSeconds) { try transcoder.run() }
        let package = try Self.timed(&timings.verifySeconds) {
            try PackageVerifier(folder: work.output).verify(
                PackageVerifier.Expectation(plan: plan, pipeline: pipeline, result: transcoded)
            )
        }
        work.progress(ProcessingProgress(fraction: 1, secondsLeft: 0))
        let copied = plan.copiedRung.map { plan.rungs[$0].name }
        return Result(info: info, package: package, copiedRendition: copied, timings: timings)
    }

    private static func timed<Made>(_ seconds: inout Double, _ make: () throws -> Made) rethrows -> Made {
        let start = ContinuousClock.now
        defer { seconds = (ContinuousClock.now - start) / .seconds(1) }
        return try make()
    }
}

extension PipelineDefinition {
    /// The same without what a first rendition can do without.
    fileprivate var quickened: PipelineDefinition {
        var quick = self
        quick.audio.normalizesLoudness = false
        (quick.storyboard, quick.preview) = (nil, nil)
        return quick
    }
}
