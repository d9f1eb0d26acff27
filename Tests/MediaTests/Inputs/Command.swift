import Foundation

/// The real `ffmpeg` and `ffprobe`: they make clips for tests, and are the judges of what comes out.
enum Command {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What a program printed.
    struct Printed {
        var output: Data
        var errors: String
    }

    /// Runs `ffmpeg`, which overwrites; returns what it prints on standard output.
    ///
    /// Arguments are separated by blanks.
    @discardableResult
    static func ffmpeg(_ arguments: String, in folder: URL) throws -> Data {
        try run("ffmpeg", ["-nostdin", "-y", "-v", "error"] + words(arguments), in: folder).output
    }

    static func ffprobe(_ arguments: String, in folder: URL) throws -> String {
        String(decoding: try run("ffprobe", ["-v", "error"] + words(arguments), in: folder).output, as: UTF8.self)
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Runs a program, which must succeed.
    @discardableResult
    static func run(
        _ program: String,
        _ arguments: [String],
        in folder: URL = FileManager.default.temporaryDirectory,
        seconds: Int = 120
    ) throws -> Printed {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // A command that hangs must not hang the tests.
        process.arguments = ["timeout", "\(seconds)", program] + arguments
        process.currentDirectoryURL = folder
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory.appending(path: "clipyard-errors-\(UUID())")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let complaints = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        guard process.terminationStatus == 0 else {
            let words = String(decoding: printed, as: UTF8.self)
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")): \(words)\(complaints)")
        }
        return Printed(output: printed, errors: complaints)
    }
}
