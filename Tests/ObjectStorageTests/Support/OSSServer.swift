import Foundation
import Testing

/// The test server that behaves as Aliyun OSS does, on a free port of this machine.
///
/// It goes when its standard input is closed: with this object, or with this process.
final class OSSServer: Sendable {
    static let bucket = "clips"
    static let region = "cn-hangzhou"
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "oss")

    let port: Int
    private let process: Process
    private let input = Pipe()
    private let bytes: TemporaryFolder

    /// `keys` are access keys with `secret` and, for temporary ones, `token` and `expires`, as JSON.
    init(keys: String = #"{"ak": {"secret": "sk"}}"#, arguments: [String] = []) throws {
        bytes = try TemporaryFolder()
        process = try PythonTool.process(
            Self.folder.appending(path: "server.py").path,
            [bytes.path, "--bucket", Self.bucket, "--region", Self.region, "--keys", keys] + arguments
        )
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        // Another child must not keep the other end open.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        var line = Data()
        while line.last != UInt8(ascii: "\n"), let more = try output.fileHandleForReading.read(upToCount: 1) {
            line += more
        }
        port = try #require(Int(String(decoding: line, as: UTF8.self).dropLast()), "the OSS test server did not start")
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    var url: String { "http://127.0.0.1:\(port)" }
}

/// Programs of the folder of Python tools that `scripts/setup --tests` makes.
enum PythonTool {
    static let python = URL(filePath: #filePath).appending(path: "../../../../.tools/bin/python").standardizedFileURL

    static func process(_ script: String, _ arguments: [String]) throws -> Process {
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "run scripts/setup --tests: \(python.path) is missing"
        )
        let process = Process()
        process.executableURL = python
        process.arguments = ["-B", script] + arguments
        return process
    }

    /// Runs a script to its end; returns its status and all that it printed.
    static func run(_ script: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = try process(script, arguments)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: printed, as: UTF8.self))
    }
}
