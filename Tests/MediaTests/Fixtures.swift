import Foundation

@testable import Media

extension PipelineDefinition {
    static let shortVideoPath = URL(filePath: #filePath).appending(path: "../../../pipelines/short-video.yaml")
        .standardized.path

    static func shortVideo() throws -> PipelineDefinition { try PipelineDefinition(yamlAt: shortVideoPath) }

    /// The default definition with two small rungs, the fastest speed, and only a cover: what tests of everything else need.
    static func quick() throws -> PipelineDefinition {
        var pipeline = try shortVideo()
        (pipeline.storyboard, pipeline.preview) = (nil, nil)
        var rung = pipeline.video.rungs[0]
        rung.speed = .fast
        pipeline.video.rungs = [240, 120].map { shortSide in
            rung.shortSide = shortSide
            return rung
        }
        return pipeline
    }
}
