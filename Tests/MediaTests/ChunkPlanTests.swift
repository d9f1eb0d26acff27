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

    @Test func windowsAreAnEvenNumberOfEqualOnesInWholeSegments() throws {
        #expect(try starts(120) == [0, 60])
        #expect(try starts(179) == [0, 90])
        #expect(try starts(181) == [0, 46, 90, 136])
        #expect(try starts(600)?.count == 10)
    }

    @Test(arguments: [4, 5, 6.3, 7.9, 8.1, 100, 1799.9])
    func noWindowIsShorterThanASegment(durationSeconds: Double) throws {
        var pipeline = try PipelineDefinition.shortVideo()
        pipeline.chunks = .init(aboveSeconds: 1, seconds: 2)
        let plan = try #require(ChunkPlan(durationSeconds: durationSeconds, pipeline: pipeline))
        let ends = plan.windows.map { $0.endSeconds ?? durationSeconds }
        #expect(plan.windows.count % 2 == 0 && plan.windows[0].startSeconds == 0)
        #expect(Array(ends.dropLast()) == plan.windows.dropFirst().map(\.startSeconds))
        let lengths = zip(plan.windows, ends).map { $1 - $0.startSeconds }
        #expect(lengths.dropLast().allSatisfy { $0 >= 2 } && lengths.last ?? 0 >= 1)
    }

    @Test func lessThanTwoSegmentsAreNotCut() throws {
        var pipeline = try PipelineDefinition.shortVideo()
        pipeline.chunks = .init(aboveSeconds: 1, seconds: 2)
        #expect(ChunkPlan(durationSeconds: 3.9, pipeline: pipeline) == nil)
    }

    @Test func everyPictureBelongsToOneWindow() throws {
        var pipeline = try PipelineDefinition.shortVideo()
        pipeline.chunks = .init(aboveSeconds: 4, seconds: 2)
        let windows = try #require(ChunkPlan(durationSeconds: 8, pipeline: pipeline)).windows
        // Times come from whole ticks, so they may lie a rounding error below a boundary.
        for time in [0, 1.96, 1.9999999, 2, 3.9999, 4, 5.9, 6.1, 8, 100] {
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
