import FFmpeg
import Foundation
import Synchronization

/// Encodes one window of a source, as the whole would be encoded.
struct ChunkEncoder {
    let source: ChunkSource
    let window: ChunkWindow
    let plan: TranscodePlan
    let pipeline: PipelineDefinition
    /// How many processor cores there are for it.
    let cores: Int
    /// A folder that exists.
    let output: URL
    /// How long the window lasts, for progress.
    let durationSeconds: Double
    let cancellation: Cancellation
    let progress: @Sendable (ProcessingProgress) -> Void

    func run() throws {
        let frames = plan.frameQueues(sourcePixels: source.file.video.width * source.file.video.height)
        let units = BoundedQueue<EncodedUnit>(capacity: 64)
        let timeline = Timeline()
        let types = LadderPictureTypes()
        let manifest = Mutex<ChunkManifest?>(nil)
        let threads = WorkerThreads {
            for queue in frames { queue.cancel() }
            types.end()
            units.cancel()
        }
        startRungs(on: threads, frames, types, units)
        threads.start("writer") { [output, window, rungs = plan.rungs] in
            let written = try ChunkWriter(folder: output, window: window, rungs: rungs, input: units).run()
            manifest.withLock { $0 = written }
        }
        var reader: SourceReader?
        threads.attempt {
            reader = try makeReader(into: frames, timeline)
            try reader?.run()
        }
        try threads.join()
        guard var written = manifest.withLock({ $0 }), let reader else { return }
        written.endSeconds = window.endSeconds == nil ? timeline.endSeconds : nil
        written.decodedFrames = reader.frameCount
        written.brokenPictures = reader.brokenPictures
        try ManifestFile.write(written, to: output.appending(path: ChunkLayout.manifest))
    }

    private func startRungs(
        on threads: WorkerThreads,
        _ frames: [BoundedQueue<Frame>],
        _ types: LadderPictureTypes,
        _ units: BoundedQueue<EncodedUnit>
    ) {
        let meter = ProgressMeter(durationSeconds: durationSeconds, report: progress)
        let start = window.startSeconds
        for index in plan.rungs.indices {
            var settings = RungStage.Configuration(
                index,
                of: plan,
                source: source.file,
                pipeline: pipeline,
                cores: cores
            )
            // Smaller rungs get what the first one lets through.
            settings.window = plan.rungs[index].parent == nil ? window : nil
            settings.color = source.color
            settings.pictureTypes = plan.pictureTypeChoice(of: index, types)
            let children = plan.rungs.indices.filter { plan.rungs[$0].parent == index }.map { frames[$0] }
            threads.start("rung \(plan.rungs[index].name)") { [settings] in
                let stage = RungStage(settings, input: frames[index], children: children, output: units) { _, time in
                    if index == 0 { meter.noteFrame(at: time - start) }
                }
                try stage.run()
            }
        }
    }

    private func makeReader(into frames: [BoundedQueue<Frame>], _ timeline: Timeline) throws -> SourceReader {
        try SourceReader(
            source: source.file,
            limits: pipeline.limits,
            // With two cores the encoders keep both busy.
            threads: cores > 2 ? min(4, cores / 2) : 1,
            frames: frames[0],
            sound: nil,
            timeline: timeline,
            cancellation: cancellation,
            start: source.start,
            endSeconds: window.endSeconds.map { $0 + ChunkSource.marginSeconds } ?? .infinity
        )
    }
}
