import Foundation
import Logging
import Subprocess
import SystemPackage

/// One program that `clipyard up` keeps running, its output in a file of its own.
struct ChildProgram {
    let name: String
    let command: [String]
    var environment: [String: String] = [:]
    let log: String
    let logger: Logger

    private static let gracefulStop = Duration.seconds(20)
    /// A program that keeps dying is not going to recover by being started once more.
    private static let maxRestarts = 5
    private static let steadyAfter = Duration.seconds(60)

    /// Runs until cancelled; starts the program again when it ends by itself.
    func run() async throws {
        var restarts = 0
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let status = try await runOnce()
            if Task.isCancelled { return }
            if ContinuousClock.now - start > Self.steadyAfter { restarts = 0 }
            restarts += 1
            guard restarts <= Self.maxRestarts else {
                throw UpError("\(name) ended \(restarts) times in a row (\(status)). Its log says why: \(log)")
            }
            logger.warning("\(name) ended and is started again", metadata: ["status": "\(status)", "log": "\(log)"])
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func runOnce() async throws -> TerminationStatus {
        var options = PlatformOptions()
        // A group of its own, so that Ctrl-C in the terminal reaches only us and we stop it in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.gracefulStop)]
        let file = try FileDescriptor.open(
            FilePath(log),
            .writeOnly,
            options: [.create, .append, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead]
        )
        let output = FileDescriptorOutput.fileDescriptor(file, closeAfterSpawningProcess: false)
        defer { try? file.close() }
        // If we are killed, the kernel ends the child too: setpriv becomes the program it starts.
        let result = try await Subprocess.run(
            .name("setpriv"),
            arguments: Arguments(["--pdeathsig", "TERM"] + command),
            environment: .inherit.updating(environmentChanges),
            platformOptions: options,
            input: .none,
            output: output,
            error: output
        )
        return result.terminationStatus
    }

    private var environmentChanges: [Environment.Key: String?] {
        environment.reduce(into: [:]) { changes, variable in
            if let key = Environment.Key(rawValue: variable.key) { changes[key] = variable.value }
        }
    }
}
