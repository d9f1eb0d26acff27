import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// Every limit at its edge with a real file, and files whose headers are within the limits and their contents are not.
@Suite struct LimitEdgeTests {
    /// A limit that just lets the clip pass, one that just does not, and what is then said.
    struct Edge: Sendable, CustomStringConvertible {
        var description: String
        var code: MediaRefusal.Code
        var within: @Sendable (inout PipelineDefinition.Limits) -> Void
        var beyond: @Sendable (inout PipelineDefinition.Limits) -> Void
    }

    static let sizeBytes = Int64(100_000)

    /// For 160 × 120 pixels, 25 times in one second, in two streams.
    static let edges = [
        Edge(description: "longest", code: .tooLong, within: { $0.maxSeconds = 1.1 }, beyond: { $0.maxSeconds = 0.9 }),
        Edge(description: "shortest", code: .tooShort, within: { $0.minSeconds = 1 }, beyond: { $0.minSeconds = 1.1 }),
        Edge(
            description: "largest file",
            code: .tooLarge,
            within: { $0.maxBytes = sizeBytes },
            beyond: { $0.maxBytes = sizeBytes - 1 }
        ),
        Edge(
            description: "least side",
            code: .unsupportedFormat,
            within: { $0.minSide = 120 },
            beyond: { $0.minSide = 121 }
        ),
        Edge(
            description: "largest side",
            code: .tooManyPixels,
            within: { $0.maxSide = 160 },
            beyond: { $0.maxSide = 159 }
        ),
        Edge(
            description: "pixels",
            code: .tooManyPixels,
            within: { $0.maxPixels = 160 * 120 },
            beyond: { $0.maxPixels = 160 * 120 - 1 }
        ),
        Edge(
            description: "shape",
            code: .unsupportedFormat,
            within: { $0.maxAspectRatio = 1.34 },
            beyond: { $0.maxAspectRatio = 1.33 }
        ),
        Edge(
            description: "streams",
            code: .tooManyStreams,
            within: { $0.maxStreams = 2 },
            beyond: { $0.maxStreams = 1 }
        ),
        Edge(
            description: "frame rate",
            code: .frameRateTooHigh,
            within: { $0.maxFrameRate = 25 },
            beyond: { $0.maxFrameRate = 24.9 }
        ),
        Edge(
            description: "all pixels",
            code: .tooExpensive,
            within: { $0.maxTotalPixels = 160 * 120 * 26 },
            beyond: { $0.maxTotalPixels = 160 * 120 * 24 }
        ),
    ]

    @Test(arguments: edges)
    func limitIsWhereItSays(edge: Edge) throws {
        let clip = try Clip(
            "clip.mp4",
            "-f lavfi -i testsrc2=s=160x120:r=25:d=1 -f lavfi -i sine=d=1 -c:v libx264 -preset ultrafast -c:a aac"
        ).patched { $0.append(Data(count: Int(Self.sizeBytes) - $0.count)) }
        var pipeline = try PipelineDefinition.inputs(shortSide: 120)
        edge.within(&pipeline.limits)
        #expect(try clip.refusal(pipeline) == nil)
        edge.beyond(&pipeline.limits)
        #expect(try clip.refusal(pipeline) == edge.code)
    }

    /// A transport stream says what it is like with its first pictures only.
    func joined(_ first: String, _ second: String) throws -> Clip {
        let parts = try [first, second].map { source in
            let clip = try Clip("clip.ts", "-f lavfi -i \(source) -c:v libx264 -preset ultrafast")
            return try withExtendedLifetime(clip) { try Data(contentsOf: clip.url) }
        }
        return try Clip("clip.ts", bytes: parts[0] + parts[1])
    }

    @Test func picturesThatBecomeLargerAreCounted() throws {
        let clip = try joined("testsrc2=s=64x64:r=25:d=6", "testsrc2=s=640x360:r=25:d=2")
        var pipeline = try PipelineDefinition.inputs(shortSide: 64)
        #expect(try clip.refusal(pipeline) == nil)
        pipeline.limits.maxTotalPixels = 5_000_000
        #expect(try clip.probe(pipeline).video.width == 64)
        #expect(try clip.refusal(pipeline) == .tooExpensive)
    }

    @Test func picturesThatComeFasterAreCounted() throws {
        let clip = try joined("testsrc2=s=64x64:r=10:d=6", "testsrc2=s=64x64:r=240:d=4")
        var pipeline = try PipelineDefinition.inputs(shortSide: 64)
        #expect(try clip.refusal(pipeline) == nil)
        pipeline.limits.maxFrameRate = 60
        #expect(try clip.probe(pipeline).video.frameRate < 60)
        #expect(try clip.refusal(pipeline) == .tooExpensive)
    }

    /// What is between would be filled with silence, for a day.
    @Test(arguments: ["1e5", "1e9", "1e12"])
    func soundThatJumpsFarAheadIsNotFilledUp(seconds: String) throws {
        let clip = try Clip(
            "clip.mkv",
            "-f lavfi -i testsrc2=s=160x120:r=25:d=3 -f lavfi -i sine=d=3 -c:v libx264 -preset ultrafast -c:a aac whole.mkv",
            "-i whole.mkv -c copy -bsf:a setts=ts=TS+if(gt(N\\,50)\\,\(seconds)/TB_OUT\\,0) -live 1"
        )
        var pipeline = try PipelineDefinition.inputs()
        pipeline.audio.normalizesLoudness = true
        #expect(try clip.refusal(pipeline) == .tooExpensive)
    }

    /// Each box inside the one before, deeper than a thread's stack.
    @Test func boxesWithinBoxesAreNotFollowedForEver() throws {
        let count: UInt32 = 19_000
        var file = Data(BoxEditor.bytes(16) + Array("ftypisom".utf8) + BoxEditor.bytes(0))
        for depth in 0..<count { file += BoxEditor.bytes((count - depth) * 8) + Array("moov".utf8) }
        #expect(try Clip("clip.mp4", bytes: file).refusal() != nil)
    }

    @Test(arguments: [UInt64(1) << 50, 1 << 60, 1 << 62, UInt64(Int64.max) - 100_000, .max])
    func fragmentsOfAnotherAgeDoNoHarm(time: UInt64) throws {
        let clip = try Clip(
            "clip.mp4",
            "-f lavfi -i testsrc2=s=160x120:r=25:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast -g 25 -c:a aac "
                + "-movflags +frag_keyframe+empty_moov+default_base_moof"
        ).patched { file in
            var start = file.startIndex
            while let box = file.range(of: Data("tfdt".utf8), in: start..<file.endIndex) {
                start = box.upperBound + 4
                let bytes = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) }
                file.replaceSubrange(start..<start + 8, with: bytes)
            }
        }
        // Whether something plays or not: nothing overflows, and the clip is to blame.
        _ = try clip.refusal()
    }
}
