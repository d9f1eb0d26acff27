import Domain
import FFmpeg
import Foundation

/// Which rungs' pictures become the cover, the storyboard and the preview of a package, and where those go.
struct PicturePlan: Sendable {
    let pipeline: PipelineDefinition
    let choice: CoverChoice
    /// The path of the creator's file.
    let source: String
    /// A folder that exists.
    let output: URL
    let durationSeconds: Double
    /// The size of the cover.
    let coverSize: PictureSize
    /// The smallest rung that is as large as the cover, or the largest of all.
    let coverRung: Int
    /// The smallest rung.
    let storyboardRung: Int
    let rungs: [PictureSize]
    /// The size of `play.mp4`, which the preview does not exceed.
    let playbackSize: PictureSize

    init(
        source: SourceFile,
        plan: TranscodePlan,
        pipeline: PipelineDefinition,
        choice: CoverChoice,
        output: URL,
        durationSeconds: Double
    ) {
        self.pipeline = pipeline
        self.choice = choice
        self.source = source.demuxer.path
        self.output = output
        self.durationSeconds = durationSeconds
        let video = source.info.video
        let wanted = PictureSize(width: video.displayWidth, height: video.displayHeight)
            .fitting(shortSide: pipeline.cover.shortSide)
        let rungs = plan.rungs.map { PictureSize(width: $0.width, height: $0.height) }
        let bySize = rungs.indices.sorted { rungs[$0].shortSide < rungs[$1].shortSide }
        coverSize = wanted
        coverRung = bySize.first { rungs[$0].shortSide >= wanted.shortSide } ?? bySize.last ?? 0
        storyboardRung = bySize.first ?? 0
        self.rungs = rungs
        playbackSize = rungs[plan.playbackRung]
    }
}

/// The pictures that are made of one rung's frames while they pass by on their way to its encoder.
///
/// Works on the rung's thread.
final class LadderPictures {
    private let plan: PicturePlan
    private let rung: Int
    private let selector: CoverSelector?
    private let preview: PreviewRecorder?
    private let storyboard: StoryboardRecorder?

    init(_ plan: PicturePlan, rung: Int) {
        self.plan = plan
        self.rung = rung
        selector =
            rung == plan.coverRung
            ? CoverSelector(
                choice: plan.choice,
                candidates: plan.pipeline.cover.candidates,
                durationSeconds: plan.durationSeconds
            ) : nil
        preview =
            rung == plan.coverRung
            ? plan.pipeline.preview.map { PreviewRecorder(settings: $0, size: plan.playbackSize) } : nil
        storyboard =
            rung == plan.storyboardRung
            ? plan.pipeline.storyboard.map {
                StoryboardRecorder(settings: $0, size: plan.rungs[rung], durationSeconds: plan.durationSeconds)
            } : nil
    }

    func consider(_ frame: borrowing Frame, at seconds: Double) throws {
        if let selector {
            let isBest = try selector.consider(frame, at: seconds)
            try preview?.consider(frame, at: seconds, isBest: isBest)
        }
        try storyboard?.consider(frame, at: seconds)
    }

    /// Writes the files, once the video's end is known.
    func finish(endSeconds: Double) throws {
        if let selector { try writeCover(selector) }
        try preview?.write(to: plan.output)
        try storyboard?.write(to: plan.output, endSeconds: endSeconds)
    }

    private func writeCover(_ selector: CoverSelector) throws {
        // A creator's own image was written before the work began.
        if case .image = plan.choice { return }
        let writer = CoverWriter(settings: plan.pipeline.cover, folder: plan.output)
        if plan.rungs[rung].shortSide >= plan.coverSize.shortSide {
            try writer.write(selector.takeBest())
            return
        }
        // Every rung is smaller than the cover, so the picture is fetched again; a small cover is better than none.
        guard let larger = try? fetch(at: selector.bestTime ?? 0) else {
            try writer.write(selector.takeBest())
            return
        }
        try writer.write(larger)
    }

    private func fetch(at seconds: Double) throws -> Frame {
        let fetcher = try PictureFetcher(SourceFile(path: plan.source, limits: plan.pipeline.limits))
        let finder = CoverFinder(
            fetcher: fetcher,
            settings: plan.pipeline.cover,
            durationSeconds: plan.durationSeconds
        )
        return try finder.picture(at: seconds).picture.clone()
    }
}
