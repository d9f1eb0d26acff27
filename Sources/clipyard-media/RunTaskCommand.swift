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
            // Before there are threads, and before anything of the creator's is opened.
            let confinement = try Confinement(
                mode: Confinement.modeOfEnvironment(),
                readable: request.readablePaths,
                writable: request.output.map { [$0] } ?? []
            ).enter()
            let channel = TaskChannel()
            try channel.send(confinement)
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
            let pipeline = try PipelineDefinition(yamlAt: request.pipeline)
            return try TaskRunner(request: request, pipeline: pipeline) { channel.note($0) }.run()
        } catch let refusal as MediaRefusal {
            return .refused(refusal)
        } catch {
            return .failed(message: CommandFailure(error).message)
        }
    }
}
