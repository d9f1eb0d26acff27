import Foundation
import Glibc
import Testing

@testable import clipyard

/// `clipyard up` keeps everything running, whatever dies and however often.
@Suite(.serialized) struct SupervisionTests {
    /// Kills the process that `find` finds and returns once another has taken its place.
    private func kill(_ signal: Int32, _ what: String, _ find: () throws -> Int32?) async throws {
        let old = try #require(try find(), "there is no \(what)")
        #expect(Glibc.kill(old, signal) == 0)
        _ = try await eventually(within: 60, "another \(what) in the place of \(old)") {
            guard let new = try? find(), new != old, Glibc.kill(old, 0) != 0 else { return nil as Bool? }
            return true
        }
    }

    private func answers(_ clipyard: RunningClipyard) async throws {
        _ = try await eventually(within: 60, "the API answers") {
            try HTTPAnswer.status(of: "\(clipyard.api.address)/readyz") == 200 ? true : nil
        }
    }

    @Test(.timeLimit(.minutes(10))) func whateverKeepsDyingIsStartedAgainAndCostsNobodyElse() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        let api = { try clipyard.processes("clipyard serve").first }
        let worker = { try clipyard.processes("clipyard worker").first }
        let nginx = { try Int32(String(contentsOfFile: "\(clipyard.home)/run/nginx.pid", encoding: .utf8).dropLast()) }
        let others = [try worker(), try nginx()]
        // More often in a row than any count that a supervisor could give up at.
        for signal in [SIGKILL, SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGKILL, SIGILL] {
            try await kill(signal, "API", api)
            try await answers(clipyard)
        }
        #expect([try worker(), try nginx()] == others, "others were started again, too")
        let log = try String(contentsOfFile: "\(clipyard.home)/logs/serve.log", encoding: .utf8)
        #expect(!log.contains("Backtrac") && !log.contains("Thread 0"), "a crash is described for seconds")

        for signal in [SIGKILL, SIGILL, SIGKILL] { try await kill(signal, "worker", worker) }
        // Its workers must not keep the port.
        for _ in 1...2 {
            try await kill(SIGKILL, "nginx", nginx)
            try await answers(clipyard)
        }
        for _ in 1...2 {
            let postgres = {
                let files = try FileManager.default.subpathsOfDirectory(atPath: clipyard.home)
                let pid = files.first { $0.hasSuffix("postgres/data/postmaster.pid") }
                return try pid.flatMap {
                    Int32(try String(contentsOfFile: "\(clipyard.home)/\($0)", encoding: .utf8).prefix { $0 != "\n" })
                }
            }
            // Where the server's user cannot enter the home, its data are elsewhere, and its socket says who it is.
            guard try postgres() != nil else { break }
            try await kill(SIGKILL, "PostgreSQL", postgres)
            try await answers(clipyard)
        }
        #expect(try clipyard.api.register("ada").id > 0)
        #expect(clipyard.said.components(separatedBy: "keeps ending").count <= 2, "it is said once: \(clipyard.said)")
        #expect(clipyard.stop() == 0)
    }

    @Test func restartsAreSoonAtFirstAndNeverFurtherApartThanHalfAMinute() {
        var pace = RestartPace()
        let pauses = (1...12).map { _ in pace.pause(afterRunning: .zero) }
        #expect(pauses.first == .milliseconds(100) && pauses.last == .seconds(30))
        #expect(pauses == pauses.sorted())
        // It ran nearly as long as it would have had to wait.
        #expect(pace.pause(afterRunning: .milliseconds(9_000)) == .seconds(21))
        #expect(pace.pause(afterRunning: RestartPace.steadyAfter) == .milliseconds(100))
        #expect(pace.ends == 1)
    }
}
