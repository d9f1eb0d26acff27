import Foundation
import TestSupport

/// Runs the `clipyard-media` that was built together with these tests.
struct Program {
    /// How a run ended.
    struct Outcome {
        var status: Int32
        var wasSignalled: Bool
        var output: Data
        var errors: String
    }

    /// The program's place: beside the tests' own executable.
    static let executable = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "clipyard-media")

    static let pipeline = URL(filePath: #filePath).appending(path: "../../../pipelines/short-video.yaml").standardized
        .path

    let process = Process()
    let input = Pipe()
    private let output: URL
    private let errors: URL

    /// Starts the program.
    ///
    /// Its outputs go to files, so that it never waits for a reader.
    init(
        _ arguments: [String],
        environment: [String: String] = [:],
        without layer: MissingLayer? = nil,
        in folder: TemporaryFolder
    ) throws {
        output = folder.url.appending(path: "stdout-\(UUID())")
        errors = folder.url.appending(path: "stderr-\(UUID())")
        for file in [output, errors] { try Data().write(to: file) }
        let command = (layer?.launcher ?? []) + [Self.executable.path] + arguments
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ["PATH": "/usr/bin:/bin", "CLIPYARD_PIPELINE": Self.pipeline]
            .merging(environment) { $1 }
        process.currentDirectoryURL = folder.url
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    /// Waits for the end.
    func outcome() throws -> Outcome {
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            wasSignalled: process.terminationReason == .uncaughtSignal,
            output: try Data(contentsOf: output),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        )
    }

    /// What the program has printed so far.
    func printed() throws -> String { String(decoding: try Data(contentsOf: output), as: UTF8.self) }

    /// Runs the program from start to end.
    static func run(
        _ arguments: String...,
        environment: [String: String] = [:],
        without layer: MissingLayer? = nil,
        in folder: TemporaryFolder
    ) throws -> Outcome {
        let program = try Program(arguments, environment: environment, without: layer, in: folder)
        try program.input.fileHandleForWriting.close()
        return try program.outcome()
    }
}
