import Foundation
import Media
import Testing

@Suite struct PipelineDefinitionTests {
    let valid: String

    init() throws { valid = try String(contentsOfFile: PipelineDefinition.shortVideoPath, encoding: .utf8) }

    func problems(_ yaml: String) -> [PipelineDefinitionError.Problem] {
        do {
            _ = try PipelineDefinition(yaml: yaml, path: "p.yaml")
            return []
        } catch {
            return (error as? PipelineDefinitionError)?.problems ?? [.init("\(error)")]
        }
    }

    @Test func defaultDefinitionIsValid() throws {
        let pipeline = try PipelineDefinition.shortVideo()
        #expect(pipeline.video.rungs.map(\.shortSide) == [1080, 720, 480, 360])
        #expect(pipeline.limits.maxSeconds == 1800)
        #expect(pipeline.audio.bitsPerSecond == 128_000)
    }

    @Test(arguments: ["short-video", "high-efficiency", "archive"])
    func shippedDefinitionIsValid(name: String) throws {
        let path = URL(filePath: PipelineDefinition.shortVideoPath).appending(path: "../\(name).yaml").standardized.path
        #expect(try PipelineDefinition(yamlAt: path).video.rungs.first?.codec == .h264)
    }

    @Test func everyKeyIsExplained() throws {
        let readme = URL(filePath: PipelineDefinition.shortVideoPath).appending(path: "../README.md").standardized
        let text = try String(contentsOf: readme, encoding: .utf8)
        for match in valid.matches(of: /(?m)^ *(?:- )?(\w+):/) {
            #expect(text.contains("`\(match.1)`"), "pipelines/README.md does not explain \(match.1)")
        }
    }

    @Test func unknownKeyIsNamedWithItsLine() throws {
        let found = problems(valid.replacing("  segment_seconds: 2", with: "  segment_seconds: 2\n  segment_secs: 2"))
        let problem = try #require(found.first)
        #expect(found.count == 1)
        #expect(problem.field == "video.segment_secs")
        let lines = valid.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("segment_seconds") })
        #expect(problem.line == line + 2)
        #expect(problem.message.contains("segment_seconds"))
    }

    @Test func everyMistakeIsReportedAtOnce() {
        let yaml =
            valid
            .replacing("max_seconds: 1800", with: "max_seconds: forever")
            .replacing("speed: balanced", with: "speed: quick")
            .replacing("short_side: 480", with: "short_side: 900")
            .replacing("  kbps: 128\n", with: "")
        let found = problems(yaml)
        #expect(
            found.map(\.field) == [
                "limits.max_seconds", "video.speed", "video.ladders[0].rungs[2].short_side", "audio.kbps",
            ]
        )
        #expect(found.allSatisfy { $0.line != nil })
        #expect(found.first?.message.contains("not 'forever'") == true)
    }

    @Test(arguments: [(1.9, ["chunks.seconds"]), (2.0, [])])
    func aPieceHoldsASegment(seconds: Double, fields: [String]) {
        #expect(problems(valid.replacing("  seconds: 45\n", with: "  seconds: \(seconds)\n")).map(\.field) == fields)
    }

    @Test func missingMappingIsReportedOnce() {
        let withoutCover = valid.replacing(/(?s)cover:.*?\n\n/, with: "")
        #expect(problems(withoutCover).map(\.field) == ["cover"])
        #expect(
            problems(withoutCover + "\ncover: {}").map(\.field) == [
                "cover.candidates", "cover.short_side", "cover.small_short_side", "cover.jpeg_quality",
                "cover.webp_quality",
            ]
        )
        #expect(problems(withoutCover + "\ncover: 7").map(\.field) == ["cover"])
    }

    @Test(arguments: ["", "limits: [", "a: 1\na: 2", "- 1", "just text"])
    func whatIsNotAMappingIsRefused(yaml: String) { #expect(!problems(yaml).isEmpty) }

    @Test func syntaxErrorHasALine() { #expect(problems("limits:\n  max_seconds: [1\nvideo: 2").first?.line != nil) }

    @Test func missingFileNamesThePath() {
        let error = #expect(throws: PipelineDefinitionError.self) { try PipelineDefinition(yamlAt: "/nowhere.yaml") }
        #expect(error?.description.hasPrefix("/nowhere.yaml: ") == true)
    }
}
