import Foundation
import Jobs
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

/// What a person reads who looks after workers.
@Suite struct JobRunnerLogTests {
    private struct Film: JobArguments {
        static let kind = "film"
        static let queue = "effects"
        static let maxAttempts = 2
        static let deadline: Duration = .seconds(60)
        var videoID: Int64
    }

    @Test func retriedAttemptsAreWarningsAndDiscardedJobsErrors() async throws {
        try await withQueue { queue, pool in
            let log = RecordedLog()
            let handler = TestHandler<Film> { _ in throw JobFailure(code: "bad_luck", message: "it rained") }
            try await withRunner(pool, [handler], logger: Logger(label: "test") { _ in log }) {
                let flow = NewFlow(kind: "test", ownerID: 1, jobs: [try NewJob(Film(videoID: 7))])
                let id = try await queue.enqueue(flow, in: pool)
                try await eventually { try await queue.flowState(id) == "discarded" }
            }
            let lines = log.lines.filter { $0.level >= .warning }
            #expect(lines.map(\.level) == [.warning, .error])
            for (number, line) in lines.enumerated() {
                #expect(line.metadata["video.id"] == "7" && line.metadata["job.kind"] == "film")
                #expect(line.metadata["job.attempt"] == "\(number + 1)")
                #expect(line.metadata["error.code"] == "bad_luck" && line.metadata["error"] == "it rained")
            }
        }
    }

    /// A wrong password, too, is an outage to libpq; several loops meet it every second or two.
    @Test func databaseThatCannotBeReachedIsAWarningOnce() async throws {
        let log = RecordedLog()
        let nowhere = PostgresPool(PostgresConfiguration(conninfo: "host=/nonexistent"), logger: .quiet)
        let handler = TestHandler<Effect> { .effect(of: $0) }
        let (tried, trying) = AsyncStream.makeStream(of: Void.self)
        log.onLine = { if $0.level == .debug { trying.yield() } }
        try await withRunner(nowhere, [handler], .quick, logger: Logger(label: "test") { _ in log }) {
            var count = 0
            for await _ in tried {
                count += 1
                if count == 10 { break }
            }
        }
        let warnings = log.lines.filter { $0.level >= .warning }
        #expect(warnings.map(\.level) == [.warning])
        #expect(warnings.first?.metadata["error"]?.contains("/nonexistent") == true)
        await nowhere.close()
    }
}

private final class RecordedLog: LogHandler {
    struct Line {
        let level: Logger.Level
        let metadata: [String: String]
    }

    private let recorded = Mutex<[Line]>([])
    private let listener = Mutex<(@Sendable (Line) -> Void)?>(nil)
    var lines: [Line] { recorded.withLock { $0 } }
    var onLine: (@Sendable (Line) -> Void)? {
        get { listener.withLock { $0 } }
        set { listener.withLock { $0 = newValue } }
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let line = Line(level: event.level, metadata: (event.metadata ?? [:]).mapValues { "\($0)" })
        recorded.withLock { $0.append(line) }
        onLine?(line)
    }
}
