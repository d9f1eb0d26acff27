import ArgumentParser
import Database
import Jobs

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Pause and resume queues.",
        discussion: "The queues are \(queueList). What runs is not touched.",
        subcommands: [Pause.self, Resume.self]
    )

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let no worker claim from a queue.")

        @Argument(help: "The queue.", transform: queueName)
        var queue: String

        func run() async throws {
            try await withJobQueue { try await $0.pause(queue: queue) }
            print("\(queue) is paused; `clipyard queue resume \(queue)` goes on.")
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let workers claim from a queue again.")

        @Argument(help: "The queue.", transform: queueName)
        var queue: String

        func run() async throws {
            try await withJobQueue { try await $0.resume(queue: queue) }
            print("\(queue) is running.")
        }
    }
}

private let queueNames = [ProbeVideo.queue, FirstRendition.queue, TranscodeVideo.queue, RetireMedia.queue]
private let queueList = queueNames.dropLast().joined(separator: ", ") + " and " + (queueNames.last ?? "")

@Sendable private func queueName(_ text: String) throws -> String {
    guard queueNames.contains(text) else {
        throw ValidationError("There is no queue “\(text)”; there are \(queueList).")
    }
    return text
}
