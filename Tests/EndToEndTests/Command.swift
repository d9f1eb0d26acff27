import Foundation

/// A program run to its end.
struct Command {
    let status: Int32
    let standardOutput: String
    let standardError: String

    /// Runs a program found on the `PATH` or by its path.
    init(_ words: [String], environment: [String: String] = [:], in folder: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        let output = try TemporaryFile(), errors = try TemporaryFile()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.handle
        process.standardError = errors.handle
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        standardOutput = try output.text()
        standardError = try errors.text()
    }
}

/// A file that a program writes to; unlike a pipe it never fills.
private final class TemporaryFile {
    let path = NSTemporaryDirectory() + "clipyard-test-" + UUID().uuidString
    let handle: FileHandle

    init() throws {
        FileManager.default.createFile(atPath: path, contents: nil)
        handle = try FileHandle(forWritingTo: URL(filePath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}
