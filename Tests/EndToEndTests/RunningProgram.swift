import Foundation
import Glibc

/// `clipyard` with some arguments, until it ends or is stopped.
final class RunningProgram {
    private let process = Process()
    private let log: String

    /// Starts it, by a launcher if one is given; what it says goes into a file.
    init(_ arguments: [String], log: String, _ environment: [String: String], launcher: [String] = []) throws {
        self.log = log
        FileManager.default.createFile(atPath: log, contents: nil)
        let command = launcher + [Programs.clipyard] + arguments
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(filePath: Programs.checkout)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: log))
        process.standardError = process.standardOutput
        try process.run()
    }

    deinit { _ = stop(with: SIGKILL) }

    var said: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Returns the exit status once it has ended by itself.
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    func stop(with number: Int32 = SIGTERM) -> Int32 {
        if process.isRunning { signal(number) }
        return wait()
    }
}
