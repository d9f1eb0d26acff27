import Domain
import Foundation
import Media
import MediaTasks

/// Does one task and says what came of it.
struct TaskRunner {
    let request: TaskRequest
    let pipeline: PipelineDefinition
    let progress: @Sendable (ProcessingProgress) -> Void

    func run() throws -> TaskReport {
        switch request.task {
        case .probe: try probe()
        case .first: try processFirst()
        case .transcode: try process()
        case .chunk: try encodeChunk()
        case .sound: try encodeSound()
        case .assemble: try assemble()
        }
    }

    private func probe() throws -> TaskReport {
        let info = try MediaProbe(limits: pipeline.limits).probe(request.source)
        let windows = ChunkProcessor(pipeline: pipeline).plan(durationSeconds: info.durationSeconds)?.windows ?? []
        let pieces = windows.enumerated().map { number, window in
            TaskRequest.Window(number: number, startSeconds: window.startSeconds, endSeconds: window.endSeconds)
        }
        return .probed(info, pieces: pieces)
    }

    private func processFirst() throws -> TaskReport {
        let result = try VideoProcessor(pipeline: pipeline).processFirst(
            source: request.source,
            output: try output(),
            cover: request.cover,
            progress: progress
        )
        return result.map { .transcoded($0.package) } ?? .nothingFirst
    }

    private func process() throws -> TaskReport {
        let result = try VideoProcessor(pipeline: pipeline, cores: cores).process(
            source: request.source,
            output: try output(),
            cover: request.cover,
            progress: progress
        )
        return .transcoded(result.package)
    }

    private func encodeChunk() throws -> TaskReport {
        guard let window = request.window else { throw CommandFailure(64, "A chunk task needs a window.") }
        let files = try ChunkProcessor(pipeline: pipeline, cores: cores).encodeChunk(
            source: request.source,
            window: ChunkWindow(startSeconds: window.startSeconds, endSeconds: window.endSeconds),
            output: try output(),
            progress: progress
        )
        return .encoded(files: files)
    }

    private func encodeSound() throws -> TaskReport {
        let files = try ChunkProcessor(pipeline: pipeline).encodeSound(
            source: request.source,
            output: try output(),
            progress: progress
        )
        return .encoded(files: files)
    }

    private func assemble() throws -> TaskReport {
        guard let parts = request.parts else {
            throw CommandFailure(64, "An assemble task needs the pieces of a long video.")
        }
        let package = try ChunkProcessor(pipeline: pipeline).assemble(
            source: request.source,
            chunks: parts.chunks.map { URL(filePath: $0) },
            sound: URL(filePath: parts.sound),
            output: try output(),
            cover: request.cover,
            progress: progress
        )
        return .transcoded(package)
    }

    private var cores: Int { request.cores ?? ProcessInfo.processInfo.activeProcessorCount }

    private func output() throws -> URL {
        guard let output = request.output else {
            throw CommandFailure(64, "A \(request.task) task needs an output folder.")
        }
        return URL(filePath: output)
    }
}
