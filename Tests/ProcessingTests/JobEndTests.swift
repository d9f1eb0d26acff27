import Database
import Domain
import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

@testable import Processing

/// Whichever way a job ends, no video waits for what will not come.
@Suite struct JobEndTests {
    /// The kinds, and the word by which the child is told.
    private static let kinds = [
        (ProbeVideo.kind, "probe"), (FirstRendition.kind, "first"), (TranscodeVideo.kind, "transcode"),
        (EncodeChunk.kind, "chunk"), (EncodeSound.kind, "sound"), (AssembleVideo.kind, "assemble"),
    ]

    enum Way: String, CaseIterable {
        case completed, refused, crashed, pastItsDeadline, withoutPipeline, throwing, workersGone, unreadable, cancelled

        /// What the child does.
        var mode: String? {
            switch self {
            case .refused: "cat report-refused; exit 0"
            case .crashed: "exit 9"
            case .pastItsDeadline, .cancelled: "sleep 60"
            default: nil
            }
        }

        /// What happens to jobs of the kind in the database, by triggers.
        func trigger(on kind: String) -> [String] {
            switch self {
            case .completed, .refused, .crashed, .cancelled: []
            case .pastItsDeadline: [Self.onInsert(kind, "NEW.deadline := interval '200 milliseconds';")]
            case .unreadable: [Self.onInsert(kind, "NEW.arguments := '{}';")]
            case .withoutPipeline: [Self.onClaim(kind, "UPDATE videos SET pipeline = 'no-such-pipeline';")]
            case .throwing: [Self.onClaim(kind, "UPDATE videos SET source_key = 'sources/none';")]
            // As if somebody else had held the lease, and was gone.
            case .workersGone:
                [
                    Self.onClaim(
                        kind,
                        "UPDATE jobs.lease SET lease = lease + 1000000, expires_at = '-infinity' WHERE job_id = NEW.job_id;"
                    )
                ]
            }
        }

        private static func onInsert(_ kind: String, _ body: String) -> String {
            """
            CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NEW.kind = '\(kind)' THEN \(body) END IF; RETURN NEW; END $$;
            CREATE TRIGGER trouble BEFORE INSERT ON jobs.job FOR EACH ROW EXECUTE FUNCTION trouble()
            """
        }

        private static func onClaim(_ kind: String, _ body: String) -> String {
            """
            CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF (SELECT kind FROM jobs.job WHERE id = NEW.job_id) = '\(kind)' THEN \(body) END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER trouble AFTER INSERT ON jobs.lease FOR EACH ROW EXECUTE FUNCTION trouble()
            """
        }
    }

    @Test(.timeLimit(.minutes(15)), arguments: Way.allCases) func noVideoIsLeftInLimbo(way: Way) async throws {
        for (kind, task) in Self.kinds {
            try await withPlace { place in
                let program = try StubProgram(in: place.folder)
                try program.setPieces(["chunk", "sound", "assemble"].contains(task) ? 2 : 1)
                try program.setMode(task, way.mode)
                for statement in way.trigger(on: kind).flatMap({ $0.split(separator: ";\nCREATE TRIGGER") }) {
                    let isTrigger = statement.hasPrefix(" trouble")
                    try await place.pool.execute(
                        SQL(verbatim: isTrigger ? "CREATE TRIGGER\(statement)" : String(statement))
                    )
                }
                let id = try await place.upload()
                try await run(way, kind, place, program)
                let (state, isComplete, code) = try await end(of: id, place)
                let isSettled = state == "ready" && isComplete || code != nil
                #expect(isSettled, "\(kind) \(way): \(state), complete: \(isComplete), \(code ?? "no reason")")
                // A favour to viewers is nothing that a video depends on.
                if kind == FirstRendition.kind, ![.cancelled, .withoutPipeline, .throwing].contains(way) {
                    #expect(state == "ready" && isComplete, "\(way): \(state)")
                }
            }
        }
    }

    /// Works until the flow of the video is over.
    private func run(_ way: Way, _ kind: String, _ place: Place, _ program: StubProgram) async throws {
        let isRunning: SQL = "SELECT EXISTS (SELECT FROM jobs.job WHERE kind = \(kind) AND state = 'running')"
        let isOver: SQL = "SELECT bool_and(state <> 'running' AND open_jobs = 0) FROM jobs.flow WHERE kind = 'video'"
        try await place.work(["probe": 1, "first": 1, "transcode": 2], program: program.path) {
            if way == .cancelled, try await place.pool.first(isRunning, as: Bool.self) == true {
                try await cancel(place)
            }
            return try await place.pool.first(isOver, as: Bool.self) == true
        }
    }

    /// As an operator does.
    private func cancel(_ place: Place) async throws {
        let flow: SQL = "SELECT id FROM jobs.flow WHERE kind = 'video' AND state = 'running'"
        guard let flow = try await place.pool.first(flow, as: FlowID.self) else { return }
        try await place.pool.withTransaction { transaction in
            guard try await place.queue.cancel(flow: flow, in: transaction) else { return }
            try await place.videos.failVideo(of: flow, code: "cancelled", reason: "Cancelled.", in: transaction)
        }
    }

    /// What a video is once those who look for stranded ones have come by.
    private func end(of id: VideoID, _ place: Place) async throws -> (String, Bool, String?) {
        try await place.pool.execute("UPDATE videos SET updated_at = updated_at - interval '2 minutes'")
        _ = try await place.videos.endStranded()
        let row: SQL = "SELECT state, complete_at IS NOT NULL, failure_code FROM videos WHERE id = \(id)"
        return try #require(try await place.pool.first(row, as: (String, Bool, String?).self))
    }

    @Test func whoeverWaitsForWorkThatGoesOnIsNotStranded() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.pool.execute("UPDATE videos SET updated_at = updated_at - interval '1 day'")
            #expect(try await place.videos.endStranded() == [])
            try await place.pool.execute("DELETE FROM jobs.flow")
            #expect(try await place.videos.endStranded() == [id])
            #expect(try await place.videos.endStranded() == [])
        }
    }

    /// PostgreSQL stores no NUL: what a decoder says of a broken file may hold one.
    @Test func aReasonWithANulIsKeptWithoutIt() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.videos.fail(id, code: "damaged", reason: "The file\0 is damaged.", in: place.pool)
            let reason: SQL = "SELECT failure_reason FROM videos WHERE id = \(id)"
            #expect(try await place.pool.first(reason, as: String.self) == "The file is damaged.")
        }
    }
}
