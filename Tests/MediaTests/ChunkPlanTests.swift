import Foundation
import Testing

@testable import Media

@Suite struct ChunkPlanTests {
    func starts(_ durationSeconds: Double) throws -> [Double]? {
        var pipeline = try PipelineDefinition.shortVideo()
        pipeline.chunks = .init(aboveSeconds: 100, seconds: 60)
        return ChunkPlan(durationSeconds: durationSeconds, pipeline: pipeline)?.windows.map(\.startSeconds)
    }

    @Test func shortVideosAreNotCut() throws {
        #expect(try starts(0) == nil)
        #expect(try starts(100) == nil)
    }

    @Test func shortRestGoesWithTheLastChunk() throws {
        #expect(try starts(120) == [0, 60])
        #expect(try starts(149) == [0, 60])
        #expect(try starts(150) == [0, 60, 120])
        #expect(try starts(600)?.count == 10)
    }

    @Test func oneChunkIsNoCut() throws {
        var pipeline = try PipelineDefinition.shortVideo()
        pipeline.chunks = .init(aboveSeconds: 40, seconds: 60)
        #expect(ChunkPlan(durationSeconds: 80, pipeline: pipeline) == nil)
    }

    @Test func everyPictureBelongsToOneWindow() throws {
        var pipeline = try PipelineDefinition.shortVideo()
        pipeline.chunks = .init(aboveSeconds: 4, seconds: 2)
        let windows = try #require(ChunkPlan(durationSeconds: 6, pipeline: pipeline)).windows
        // Times come from whole ticks, so they may lie a rounding error below a boundary.
        for time in [0, 1.96, 1.9999999, 2, 3.9999, 4, 5.9, 6.1, 100] {
            #expect(windows.filter { $0.contains(time) }.count == 1)
        }
        #expect(windows[1].contains(1.9999999))
    }

    @Test func windowSurvivesJSON() throws {
        for window in [ChunkWindow(startSeconds: 60, endSeconds: 120), ChunkWindow(startSeconds: 120, endSeconds: nil)]
        {
            let data = try JSONEncoder().encode(window)
            #expect(try JSONDecoder().decode(ChunkWindow.self, from: data) == window)
        }
    }
}
