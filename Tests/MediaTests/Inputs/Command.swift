import Foundation

/// The real `ffmpeg` and `ffprobe`: they make clips for tests, and are the judges of what comes out.
enum Command {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs `ffmpeg`, which overwrites; returns what it prints on standard output.
    ///
    /// Arguments are separated by blanks.
    @discardableResult
    static func ffmpeg(_ arguments: String, in folder: URL) throws -> Data {
        try run("ffmpeg", "-nostdin -y -v error \(arguments)", in: folder)
    }

    static func ffprobe(_ arguments: String, in folder: URL) throws -> String {
        String(decoding: try run("ffprobe", "-v error \(arguments)", in: folder), as: UTF8.self)
    }

    private static func run(_ program: String, _ arguments: String, in folder: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // A command that hangs must not hang the tests.
        process.arguments =
            ["timeout", "120", program] + arguments.split(whereSeparator: \.isWhitespace).map(String.init)
        process.currentDirectoryURL = folder
        let output = Pipe()
        let errors = folder.appending(path: "errors-\(UUID())")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let words = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
            throw Failure(description: "\(program) \(arguments): \(words)")
        }
        return printed
    }
}
