import Database
import Domain
import Foundation
import Jobs
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Processing

/// A machine on which children cannot be confined is its operator's fault, and costs no video anything.
@Suite struct RefusedSandboxTests {
    private static let slots = ["probe": 1, "first": 1, "transcode": 2]
    private static let sentence = "The sandbox needs Landlock, which this kernel lacks."

    /// What a child does while there is a file `refuses`: it notes that it was started, and ends as one without a sandbox,
    /// without its libraries, or one that may not be executed.
    private static func refusing(_ code: Int) -> String {
        "if [ -f refuses ]; then echo refused >> refusals; echo '\(sentence)' >&2; exit \(code); fi"
    }

    struct Case: Sendable { let task: String, code: Int }

    static let cases =
        ["probe", "first", "transcode", "chunk", "sound", "assemble"].map { Case(task: $0, code: 78) }
        + [Case(task: "transcode", code: 126), Case(task: "transcode", code: 127)]

    /// The check finds nothing here, so that each child is refused anew: far more often than a job has attempts.
    @Test(.timeLimit(.minutes(10)), arguments: cases)
    func refusalBurnsNoAttempt(refused: Case) async throws {
        try await withPlace { place in
            let program = try StubProgram(in: place.folder)
            try program.setPieces(["chunk", "sound", "assemble"].contains(refused.task) ? 2 : 1)
            try program.setMode(refused.task, Self.refusing(refused.code))
            let (refuses, log) = ("\(program.folder)/refuses", RecordedLog())
            try Data().write(to: URL(filePath: refuses))
            let id = try await place.upload()
            let workshop = try place.makeWorkshop(program: program.path, logger: Logger(label: "test") { _ in log })
            try await place.work(Self.slots, in: workshop) {
                if refusals(program) >= 12 { try? FileManager.default.removeItem(atPath: refuses) }
                return try await isSettled(id, place)
            }
            #expect(try await progress(of: id, place) == Progress(state: "ready", isComplete: true, mostAttempts: 1))
            let errors = log.lines.filter { $0.level == .error }
            #expect(errors.count >= 12)
            #expect(errors.allSatisfy { $0.metadata["video.id"] == "\(id)" })
            #expect(errors.allSatisfy { $0.metadata["error"]?.contains(Self.sentence) == true })
        }
    }

    /// Where the check is refused as well, the worker is not ready and claims no more, until it can.
    @Test(.timeLimit(.minutes(5))) func workerIsNotReadyAndClaimsNothingUntilItCan() async throws {
        try await withPlace { place in
            let program = try StubProgram(in: place.folder)
            try program.setMode("probe", "echo >> starts; \(Self.refusing(78))")
            try program.setMode("check", Self.refusing(78))
            let refuses = "\(program.folder)/refuses"
            try Data().write(to: URL(filePath: refuses))
            let id = try await place.upload()
            let workshop = try place.makeWorkshop(program: program.path)
            try workshop.checkReadiness()
            var starts: Int?
            try await place.work(Self.slots, in: workshop) {
                if starts == nil, refusals(program) >= 6 {
                    #expect(throws: SandboxUnavailable.self) { try workshop.checkReadiness() }
                    #expect(await workshop.canServe("upkeep"))
                    starts = lines("starts", program)
                    try FileManager.default.removeItem(atPath: refuses)
                }
                return try await isSettled(id, place)
            }
            // All other refusals were those of checks.
            #expect(starts == 1)
            try workshop.checkReadiness()
            #expect(try await progress(of: id, place) == Progress(state: "ready", isComplete: true, mostAttempts: 1))
        }
    }

    private struct Progress: Equatable { let state: String, isComplete: Bool, mostAttempts: Int }

    private func progress(of id: VideoID, _ place: Place) async throws -> Progress {
        let row = try await place.pool.first(
            """
            SELECT state, complete_at IS NOT NULL, (SELECT max(attempt)::bigint FROM jobs.job) FROM videos WHERE id = \(id)
            """,
            as: (String, Bool, Int).self
        )
        let (state, isComplete, attempts) = try #require(row)
        return Progress(state: state, isComplete: isComplete, mostAttempts: attempts)
    }

    private func isSettled(_ id: VideoID, _ place: Place) async throws -> Bool {
        let row = try await progress(of: id, place)
        return row.state == "failed" || row.isComplete
    }

    private func refusals(_ program: StubProgram) -> Int { lines("refusals", program) }

    private func lines(_ file: String, _ program: StubProgram) -> Int {
        let text = try? String(contentsOfFile: "\(program.folder)/\(file)", encoding: .utf8)
        return text?.count { $0 == "\n" } ?? 0
    }
}

private final class RecordedLog: LogHandler {
    struct Line {
        let level: Logger.Level
        let metadata: [String: String]
    }

    private let recorded = Mutex<[Line]>([])
    var lines: [Line] { recorded.withLock { $0 } }

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
    }
}
