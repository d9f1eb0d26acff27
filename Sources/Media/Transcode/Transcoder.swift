import Domain
import FFmpeg
import Foundation

/// Makes every rendition, `play.mp4` and the cover from one pass over the source.
///
/// One thread reads and decodes, one per rung scales what the rung above
/// scaled and encodes it, one encodes the sound, one writes all files.
struct Transcoder {
    let source: SourceFile
    let plan: TranscodePlan
    let pipeline: PipelineDefinition
    /// How many processor cores there are for it.
    let cores: Int
    /// A folder that exists.
    let output: URL
    let durationSeconds: Double
    var cover = CoverChoice.automatic
    let cancellation: Cancellation
    let progress: @Sendable (ProcessingProgress) -> Void

    /// What came out.
    struct Result: Sendable {
        /// Whether there is any sound; a track may turn out to be empty.
        var hasSound: Bool
        /// How long the decoded pictures and sound last.
        var durationSeconds: Double
    }

    func run() throws -> Result {
        let frames = plan.frameQueues(sourcePixels: source.video.width * source.video.height)
        // About ten seconds, by which the pictures may go ahead while the sound is measured.
        let sound = source.audio.map { _ in BoundedQueue<Packet>(capacity: 512) }
        let units = BoundedQueue<EncodedUnit>(capacity: 64)
        let timeline = Timeline()
        let types = LadderPictureTypes()
        let threads = WorkerThreads {
            for queue in frames { queue.cancel() }
            types.end()
            sound?.cancel()
            units.cancel()
        }
        startRungs(on: threads, frames, types, units, timeline)
        threads.attempt { try startSound(on: threads, sound, units, timeline) }
        PackageWriter.start(on: threads, output, plan, hasSound: source.audio != nil, units, timeline)
        threads.attempt { try read(into: frames, sound, units, timeline) }
        try threads.join()
        return Result(hasSound: timeline.hasSound, durationSeconds: timeline.endSeconds)
    }

    private func startRungs(
        on threads: WorkerThreads,
        _ frames: [BoundedQueue<Frame>],
        _ types: LadderPictureTypes,
        _ units: BoundedQueue<EncodedUnit>,
        _ timeline: Timeline
    ) {
        let meter = ProgressMeter(durationSeconds: durationSeconds, rungs: plan.rungs.count, report: progress)
        let pictures = PicturePlan(
            source: source,
            plan: plan,
            pipeline: pipeline,
            choice: cover,
            output: output,
            durationSeconds: durationSeconds
        )
        for index in plan.rungs.indices {
            var configuration = RungStage.Configuration(
                index,
                of: plan,
                source: source,
                pipeline: pipeline,
                cores: cores
            )
            configuration.pictureTypes = plan.pictureTypeChoice(of: index, types)
            let children = plan.rungs.indices.filter { plan.rungs[$0].parent == index }.map { frames[$0] }
            threads.start("rung \(plan.rungs[index].name)") { [configuration] in
                // Made on its own thread: stages are not Sendable.
                let pictures = LadderPictures(pictures, rung: index)
                let stage = RungStage(
                    configuration,
                    input: frames[index],
                    children: children,
                    output: units,
                    tap: { try pictures.consider($0, at: $1) },
                    tapEnd: { try pictures.finish(endSeconds: timeline.endSeconds) },
                    done: { meter.noteFrame(at: $0, rung: index) }
                )
                try stage.run()
            }
        }
    }

    private func startSound(
        on threads: WorkerThreads,
        _ sound: BoundedQueue<Packet>?,
        _ units: BoundedQueue<EncodedUnit>,
        _ timeline: Timeline
    ) throws {
        guard let sound, let track = try SoundTrack(of: source) else { return }
        let stage = AudioStage(track, of: source, pipeline, timeline, cancellation, from: sound, to: units)
        threads.start("sound") { try stage.run() }
    }

    private func read(
        into frames: [BoundedQueue<Frame>],
        _ sound: BoundedQueue<Packet>?,
        _ units: BoundedQueue<EncodedUnit>,
        _ timeline: Timeline
    ) throws {
        guard let first = frames.first else { return }
        let reader = try SourceReader(
            source: source,
            limits: pipeline.limits,
            // With two cores the encoders of a ladder keep both busy; a single small one does not.
            threads: plan.isFirst ? cores : cores > 2 ? min(4, cores / 2) : 1,
            deblocking: deblocking,
            copying: copying(units),
            frames: first,
            sound: sound,
            timeline: timeline,
            cancellation: cancellation
        )
        try reader.run()
    }

    /// What a first rendition, which is soon replaced, can do without.
    private var deblocking: Deblocking {
        guard plan.isFirst, let rung = plan.rungs.first else { return .all }
        let isHalved = 2 * min(rung.width, rung.height) <= min(source.video.width, source.video.height)
        return isHalved ? .none : .referenced
    }

    /// How the packets of pictures become the rung that is copied; `nil` if there is none.
    private func copying(_ units: BoundedQueue<EncodedUnit>) throws -> SourceReader.Copying? {
        guard let rung = plan.copiedRung else { return nil }
        let video = source.video
        let parameters = try source.demuxer.parameters(of: video)
        let copier = try PacketCopier(
            rung: rung,
            StreamParameters(parameters, timeBase: parameters.timeBase, frameRate: parameters.frameRate),
            origin: video.timeBase.units(seconds: source.originSeconds),
            output: units
        )
        let interval = plan.isFirst ? durationSeconds / Double(pipeline.cover.candidates) : nil
        return SourceReader.Copying(copier: copier, pictureInterval: interval)
    }
}
