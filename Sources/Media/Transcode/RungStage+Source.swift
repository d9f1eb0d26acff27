import FFmpeg
import Foundation

extension RungStage.Configuration {
    /// How the rung `index` of a plan is made of a source.
    init(_ index: Int, of plan: TranscodePlan, source: SourceFile, pipeline: PipelineDefinition, cores: Int) {
        self.init(
            index: index,
            rung: plan.rungs[index],
            framesPerSecond: plan.framesPerSecond,
            segmentSeconds: plan.segmentSeconds,
            segmentGrid: plan.segmentGrid,
            encoderThreads: plan.encoderThreads(of: index, cores: cores),
            inputTimeBase: source.video.timeBase,
            timeBase: TranscodePlan.workingTimeBase(for: source.video.timeBase),
            orientation: .init(
                rotationDegrees: source.video.rotationDegrees,
                isMirrored: source.video.isMirrored
            ),
            frameRateCap: plan.thinsFrames ? pipeline.video.maxFrameRate : nil
        )
    }
}
