import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct StoryboardTests {
    let folder: TemporaryFolder
    var pipeline: PipelineDefinition

    init() throws {
        folder = try TemporaryFolder()
        pipeline = try .quick()
        pipeline.storyboard = try PipelineDefinition.shortVideo().storyboard
        pipeline.video.passthrough = false
    }

    func file(_ name: String) -> URL { folder.url.appending(path: name) }

    func output() throws -> URL {
        let output = file("out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        return output
    }

    func map() throws -> StoryboardMap {
        let text = try String(contentsOf: file("out/storyboard.vtt"), encoding: .utf8)
        return try #require(StoryboardMap(parsing: text))
    }

    /// Mean luma of every cell, as a viewer of the map sees it.
    func brightness(of map: StoryboardMap) throws -> [Int] {
        let sheet = try CoverScore.picture(file("out/storyboard.jpg"))
        let (luma, width) = (sheet.copyFirstPlane(), sheet.width)
        return map.cues.map { cue in
            let rows = (cue.y..<cue.y + cue.height).map { row in
                luma[row * width + cue.x..<row * width + cue.x + cue.width].reduce(0) { $0 + Int($1) }
            }
            return rows.reduce(0, +) / (cue.width * cue.height)
        }
    }

    func expectCoverage(_ map: StoryboardMap, until end: Double) throws {
        #expect(map.cues.first?.start == 0)
        #expect(abs(try #require(map.cues.last).end - end) < 0.05)
        for (cue, next) in zip(map.cues, map.cues.dropFirst()) { #expect(cue.end == next.start && cue.end > cue.start) }
    }

    /// `pictures` seconds of grey that becomes lighter by 40 every second.
    func makeSteps(_ pictures: Int, gop: Int) throws {
        try PictureClips.ffmpeg(
            "-f",
            "lavfi",
            "-i",
            "color=black:s=160x284:r=10:d=\(pictures),geq=lum='20+40*floor(N/10)':cb=128:cr=128",
            "-g",
            "\(gop)",
            "-sc_threshold",
            "0",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-color_range",
            "tv",
            file("steps.mp4").path
        )
    }

    @Test func ladderShowsEverySecondOnASheet() throws {
        try makeSteps(6, gop: 10)
        _ = try VideoProcessor(pipeline: pipeline).process(source: file("steps.mp4").path, output: output())
        let map = try map()
        #expect(map.cues.count == 6)
        try expectCoverage(map, until: 6)
        #expect(map.cues.allSatisfy { $0.width == 90 && $0.height == 160 && $0.y == 0 })
        #expect(map.cues.map(\.x) == [0, 90, 180, 270, 360, 450])
        // Limited range starts at 16 and has 219 steps of JPEG's 255.
        for (index, tone) in try brightness(of: map).enumerated() {
            #expect(abs(tone - (4 + 40 * index) * 255 / 219) < 8)
        }
    }

    @Test(arguments: [10, 20, 1000])
    func seekingShowsTheSame(gop: Int) throws {
        try makeSteps(6, gop: gop)
        let count = try PictureMaker(pipeline: pipeline).makeStoryboard(of: file("steps.mp4").path, into: output())
        let map = try map()
        #expect(map.cues.count == count)
        try expectCoverage(map, until: 6)
        for (cue, tone) in zip(map.cues, try brightness(of: map)) {
            #expect(abs(tone - (4 + 40 * Int(cue.start + 0.05)) * 255 / 219) < 8)
            // Where keyframes are two seconds apart, a picture stands for two.
            #expect(cue.end - cue.start < (gop == 10 ? 1.05 : 3.05))
        }
    }

    @Test func sheetHasRowsAndNoMoreThanTheMostCells() throws {
        var pipeline = pipeline
        pipeline.storyboard?.maxCells = 5
        pipeline.storyboard?.columns = 2
        try makeSteps(6, gop: 5)
        let count = try PictureMaker(pipeline: pipeline).makeStoryboard(of: file("steps.mp4").path, into: output())
        #expect(count == 5)
        let map = try map()
        #expect(map.cues.map { [$0.x, $0.y] } == [[0, 0], [90, 0], [0, 160], [90, 160], [0, 320]])
        #expect(try CoverScore.size(file("out/storyboard.jpg")) == [180, 480])
    }

    @Test func longerVideoThanPromisedHasFewerPictures() throws {
        var settings = try #require(pipeline.storyboard)
        settings.maxCells = 8
        let size = PictureSize(width: 320, height: 180)
        let recorder = StoryboardRecorder(settings: settings, size: size, durationSeconds: 4)
        let picture = try CoverScore.picture(try grey())
        for second in 0..<30 { try recorder.consider(picture, at: Double(second)) }
        #expect(recorder.times == [0, 4, 8, 12, 16, 20, 24, 28])
        try recorder.write(to: output(), endSeconds: 30)
        try expectCoverage(map(), until: 30)
    }

    func grey() throws -> URL {
        try PictureClips.ffmpeg("-f", "lavfi", "-i", "color=gray:s=320x180", "-frames:v", "1", file("grey.jpg").path)
        return file("grey.jpg")
    }

    @Test func hoursAreWritten() {
        let cell = PictureSize(width: 160, height: 90)
        let map = StoryboardMap(startTimes: [0, 3599.9996], endSeconds: 4000.5, cell: cell, columns: 10)
        #expect(
            map.text == """
                WEBVTT

                00:00:00.000 --> 01:00:00.000
                storyboard.jpg#xywh=0,0,160,90

                01:00:00.000 --> 01:06:40.500
                storyboard.jpg#xywh=160,0,160,90

                """
        )
    }
}
