import Domain
import Foundation
import TestSupport

@testable import Media

/// A small source file of a test's own, and what our pipeline makes of it.
final class Clip: Sendable {
    let folder: TemporaryFolder
    let url: URL

    private init(_ folder: TemporaryFolder, _ name: String) {
        self.folder = folder
        url = folder.url.appending(path: name)
    }

    /// Makes `name` with `ffmpeg`, whose arguments these are, separated by blanks.
    ///
    /// Files of earlier steps stand in the same folder.
    convenience init(_ name: String, _ steps: String...) throws { try self.init(name, steps: steps) }

    convenience init(_ name: String, steps: [String]) throws {
        self.init(try TemporaryFolder(), name)
        for (index, step) in steps.enumerated() {
            try Command.ffmpeg(index == steps.count - 1 ? "\(step) \(name)" : step, in: folder.url)
        }
    }

    convenience init(_ name: String, bytes: Data) throws {
        self.init(try TemporaryFolder(), name)
        try bytes.write(to: url)
    }

    /// The same bytes with a change, which must be one.
    func patched(_ change: (inout Data) throws -> Void) throws -> Clip {
        let old = try Data(contentsOf: url)
        var new = old
        try change(&new)
        guard new != old else { throw Command.Failure(description: "the patch changed nothing") }
        return try Clip(url.lastPathComponent, bytes: new)
    }

    var sizeBytes: Int { get throws { try Data(contentsOf: url).count } }

    /// Runs the whole pipeline; the package goes with the clip.
    func process(_ pipeline: PipelineDefinition? = nil) throws -> Processed {
        let output = folder.url.appending(path: "package-\(UUID())")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        let result = try VideoProcessor(pipeline: pipeline ?? .inputs()).process(source: url.path, output: output)
        return Processed(clip: self, output: output, result: result)
    }

    /// Why the pipeline refuses this clip; `nil` when it makes a package of it.
    func refusal(_ pipeline: PipelineDefinition? = nil) throws -> MediaRefusal.Code? {
        do {
            _ = try process(pipeline)
            return nil
        } catch let refusal as MediaRefusal { return refusal.code }
    }

    /// What `ffprobe` says about the streams of the clip itself.
    func streams() throws -> String {
        try Command.ffprobe("-show_streams \(url.path)", in: folder.url)
    }

    func probe(_ pipeline: PipelineDefinition? = nil) throws -> MediaInfo {
        try MediaProbe(limits: (pipeline ?? .inputs()).limits).probe(url.path)
    }
}

extension PipelineDefinition {
    /// One small rung, encoded whatever the source is, and nothing beside it: what tests of inputs look at.
    static func inputs(shortSide: Int = 240) throws -> PipelineDefinition {
        var pipeline = try shortVideo()
        var rung = pipeline.video.rungs[0]
        rung.speed = .fast
        rung.shortSide = shortSide
        // Colours are compared, so they must survive the encoder.
        rung.crf = 12
        pipeline.video.rungs = [rung]
        pipeline.video.passthrough = false
        pipeline.audio.passthrough = false
        pipeline.audio.normalizesLoudness = false
        (pipeline.storyboard, pipeline.preview) = (nil, nil)
        return pipeline
    }
}
