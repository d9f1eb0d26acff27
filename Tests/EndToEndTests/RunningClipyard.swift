import Foundation
import Glibc
import TestSupport
import Testing

/// `clipyard up` as a user starts it, in a home and on a port of its own.
final class RunningClipyard: Sendable {
    /// Shorter than the default, so that takeovers are soon.
    static let leaseSeconds = 4

    let home: String
    let port: Int
    let api: Douyin
    private let process = Process()
    private let log: String

    /// Starts it and waits until it answers.
    init(home: String, port: Int? = nil, arguments: [String] = [], environment: [String: String] = [:]) async throws {
        self.home = home
        self.port = try port ?? FreePort.next()
        api = Douyin(address: "http://127.0.0.1:\(self.port)")
        log = "\(home)-up.log"
        FileManager.default.createFile(atPath: log, contents: nil)
        process.executableURL = URL(filePath: Programs.clipyard)
        process.arguments = ["up"] + arguments
        process.currentDirectoryURL = URL(filePath: Programs.checkout)
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["CLIPYARD_HOME": home, "CLIPYARD_PORT": "\(self.port)", "CLIPYARD_LEASE_SECONDS": "\(Self.leaseSeconds)"]
                .merging(environment) { $1 }
        ) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: log))
        process.standardError = process.standardOutput
        try process.run()
        _ = try await eventually(within: 60, "clipyard up says where it is; it said: \(said)") {
            if !process.isRunning { throw EndedEarly(said: said) }
            return said.contains("Clipyard is up") ? true : nil
        }
    }

    struct EndedEarly: Error { let said: String }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGTERM); process.waitUntilExit() }
        try? FileManager.default.removeItem(atPath: log)
    }

    /// What it has printed so far.
    var said: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// Sends a signal and returns the exit status.
    func stop(with signal: Int32 = SIGTERM) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The processes of this home whose command line contains `pattern`.
    func processes(_ pattern: String) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
            // A child is given no environment; it is ours if its worker is.
            // The worker's is closed to other programs of its user.
            guard pid.command.contains(pattern) else { return false }
            let ancestors = sequence(first: pid) { $0.parent }.prefix(3)
            return ancestors.contains(where: belongsHere)
        }
    }

    private func belongsHere(_ pid: Int32) -> Bool {
        pid.environment["CLIPYARD_HOME"] == home || pid.command.contains(home)
    }

    /// Waits until a child is transcoding: it has written a segment, and has more to do.
    func transcodingChild() async throws -> Int32 {
        try await eventually(within: 60, "a child transcodes") {
            guard try sql("SELECT count(*) FROM jobs.job WHERE kind = 'transcode_video' AND state = 'running'") == "1",
                let child = try processes("clipyard-media run-task").first
            else { return nil }
            let written = FileManager.default.enumerator(atPath: "\(home)/scratch")?.contains {
                ($0 as? String)?.hasSuffix(".m4s") == true
            }
            return written == true ? child : nil
        }
    }

    /// The settings that its processes share: database, store, secret.
    func settings() throws -> [String: String] {
        try #require(try processes("clipyard serve").first).environment.filter { $0.key.hasPrefix("CLIPYARD_") }
    }

    /// Runs one SQL statement in its database and returns what it answers, unaligned.
    func sql(_ statement: String) throws -> String {
        let environment = try #require(try processes("clipyard serve").first).environment
        let url = try #require(environment["CLIPYARD_DATABASE_URL"])
        let command = try Command(["psql", url, "-XAtqc", statement])
        try #require(command.status == 0, "psql: \(command.standardError)")
        return command.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// What the kernel says of the process with this number.
extension Int32 {
    fileprivate var command: String {
        ((try? String(contentsOfFile: "/proc/\(self)/cmdline", encoding: .utf8)) ?? "").replacing("\0", with: " ")
    }

    fileprivate var parent: Int32? {
        let status = (try? String(contentsOfFile: "/proc/\(self)/status", encoding: .utf8)) ?? ""
        return status.firstMatch(of: /PPid:\s+(\d+)/).flatMap { Int32($0.1) }
    }

    fileprivate var environment: [String: String] {
        let text = (try? String(contentsOfFile: "/proc/\(self)/environ", encoding: .utf8)) ?? ""
        return text.split(separator: "\0").reduce(into: [:]) { variables, line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        }
    }
}
