import ArgumentParser
import Domain
import Foundation
import Media
import MediaTasks

/// A worker's child: one request on standard input, progress and one report on standard output.
struct RunTaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-task",
        abstract: "Do one task for a worker.",
        shouldDisplay: false
    )

    func run() throws {
        try reportingFailures {
            guard
                let line = readLine(),
                let request = try? TaskLine.decode(TaskRequest.self, from: line.utf8)
            else { throw CommandFailure(64, "The first line of standard input is not a task.") }
            let channel = TaskChannel()
            channel.exitWhenWorkerIsGone()
            channel.sendProgressUntilReport()
            try channel.send(report(on: request, channel))
        }
    }

    /// Does the work.
    ///
    /// What goes wrong is a report as well, so that the worker learns more than an exit code.
    private func report(on request: TaskRequest, _ channel: TaskChannel) -> TaskReport {
        do {
            return try perform(request, channel)
        } catch let refusal as MediaRefusal {
            return .refused(refusal)
        } catch {
            return .failed(message: CommandFailure(error).message)
        }
    }

    /// How a long video is cut; none for any other.
    private static func pieces(of info: MediaInfo, _ pipeline: PipelineDefinition) -> [TaskRequest.Window] {
        let plan = ChunkPlan(durationSeconds: info.durationSeconds, pipeline: pipeline)
        return (plan?.windows ?? []).enumerated().map { number, window in
            .init(number: number, startSeconds: window.startSeconds, endSeconds: window.endSeconds)
        }
    }

    private func output(of request: TaskRequest) throws -> URL {
        guard let output = request.output else {
            throw CommandFailure(64, "A \(request.task) task needs an output folder.")
        }
        return URL(filePath: output)
    }

    private func perform(_ request: TaskRequest, _ channel: TaskChannel) throws -> TaskReport {
        let pipeline = try PipelineDefinition(yamlAt: request.pipeline)
        switch request.task {
        case .probe:
            let info = try MediaProbe(limits: pipeline.limits).probe(request.source)
            return .probed(info, pieces: Self.pieces(of: info, pipeline))
        case .transcode:
            let result = try VideoProcessor(pipeline: pipeline).process(
                source: request.source,
                output: try output(of: request),
                cover: request.coverChoice,
                progress: { channel.note($0) }
            )
            return .transcoded(result.package)
        case .first:
            let result = try VideoProcessor(pipeline: pipeline).processFirst(
                source: request.source,
                output: try output(of: request),
                cover: request.coverChoice,
                progress: { channel.note($0) }
            )
            return result.map { .transcoded($0.package) } ?? .nothingFirst
        case .chunk, .sound, .assemble: return .failed(message: "not yet")
        }
    }
}
