import Database
import Foundation
import Jobs
import Logging
import ObjectStorage
import Postgres
import Processing

/// A worker for tests to freeze while it looks at the store.
///
///     processing-test-worker CONNINFO FOLDER PROGRAM LEASE_MILLISECONDS
///
/// It transcodes videos of the store in FOLDER/objects. When it has listed what is in the folder of a video it says
/// `listing`, and goes on with that list once a line comes on standard input. When it removes what an attempt of its own
/// has stored it says `cleaned`.
@main
struct ProcessingTestWorker {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let milliseconds = Int(arguments[4]) else {
            return say("usage: processing-test-worker CONNINFO FOLDER PROGRAM LEASE_MILLISECONDS")
        }
        let logger = Logger(label: "processing-test-worker", factory: { _ in SwiftLogNoOpLogHandler() })
        let pool = PostgresPool(PostgresConfiguration(conninfo: arguments[1]), logger: logger)
        let workshop = VideoWorkshop(
            videos: Videos(pool: pool),
            parts: VideoParts(pool),
            store: HaltingStore(store: try LocalObjectStore(root: "\(arguments[2])/objects")),
            program: MediaProgram(
                path: arguments[3],
                limits: TaskLimits(memoryBytes: 1 << 30, cpuSeconds: 10, fileBytes: 1 << 20),
                logger: logger
            ),
            scratch: try ScratchFolder(below: "\(arguments[2])/scratch"),
            pipelines: PipelineFolder(defaultPath: "none", folder: nil),
            logger: logger
        )
        var configuration = JobRunnerConfiguration(slots: [TranscodeVideo.queue: 1])
        configuration.lease = .milliseconds(milliseconds)
        // It takes no job twice.
        configuration.poll = .seconds(3600)
        configuration.tick = .seconds(3600)
        try await JobRunner(pool: pool, handlers: workshop.handlers, configuration: configuration, logger: logger).run()
    }

    static func say(_ word: String) {
        // print() keeps its text until the pipe's buffer is full.
        try? FileHandle.standardOutput.write(contentsOf: Data("\(word)\n".utf8))
    }
}
