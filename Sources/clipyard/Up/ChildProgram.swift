import Foundation
import Glibc
import Logging
import Subprocess
import SystemPackage

/// One program that `clipyard up` keeps running, its output in a file of its own.
struct ChildProgram {
    let name: String
    let command: [String]
    var environment: [String: String] = [:]
    /// What of ours it is not given.
    var withheld: [String] = []
    let log: String
    /// Sent to what a program leaves behind when it is killed itself, as nginx leaves its workers with the port.
    var leftoverSignal: Int32?
    let logger: Logger

    private static let gracefulStop = Duration.seconds(20)
    /// After so many ends in a row somebody should look at the log.
    private static let worrying = 5

    /// Runs until cancelled; starts the program again whenever and however it ends, and leaves all others alone.
    func run() async {
        var pace = RestartPace()
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let end = await runOnce()
            if Task.isCancelled { return }
            let pause = pace.pause(afterRunning: .now - start)
            report(end, pace.ends)
            try? await Task.sleep(for: pause)
        }
    }

    /// Says it once, and once more when restarting does not help.
    private func report(_ end: String, _ ends: Int) {
        let facts: Logger.Metadata = ["status": "\(end)", "log": "\(log)"]
        if ends == 1 {
            logger.warning("\(name) ended and is started again", metadata: facts)
        } else if ends == Self.worrying {
            logger.error(
                "\(name) keeps ending; it is tried again at least every 30 s, and its log says why",
                metadata: facts
            )
        }
    }

    /// Returns how it ended, or why it could not be started.
    private func runOnce() async -> String {
        do {
            return "\(try await start())"
        } catch {
            return "\(error)"
        }
    }

    private func start() async throws -> TerminationStatus {
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
        if let leftoverSignal { kill(-result.processIdentifier.value, leftoverSignal) }
        return result.terminationStatus
    }

    private var environmentChanges: [Environment.Key: String?] {
        let removals = withheld.compactMap { Environment.Key(rawValue: $0) }.map { ($0, String?.none) }
        return environment.reduce(into: Dictionary(uniqueKeysWithValues: removals)) { changes, variable in
            if let key = Environment.Key(rawValue: variable.key) { changes[key] = variable.value }
        }
    }
}
