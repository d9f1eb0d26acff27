import ArgumentParser
import Foundation
import Media
import Synchronization

/// This program again, as a child that confines itself and does the work, while its parent keeps the rights to clean up.
enum ConfinedChild {
    /// Most bytes that a child may print: far above what any package is described by.
    private static let printedLimit = 16 << 20

    /// Runs this command once more, with `words` in place of its name, and returns what the child printed.
    ///
    /// Ctrl-C and `kill` kill the child: it has nothing to clean up.
    ///
    /// - Throws: `ExitCode` of a child that has said why on standard error.
    static func run(_ words: [String]) throws -> Data {
        let (child, output) = (Process(), Pipe())
        child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = words + CommandLine.arguments.dropFirst(2)
        child.environment = environment
        child.standardInput = FileHandle.nullDevice
        child.standardOutput = output
        try child.run()
        let (cancellation, number) = (Flag(), child.processIdentifier)
        let signals = CancellingSignals {
            cancellation.isRaised.store(true, ordering: .relaxed)
            kill(number, SIGKILL)
        }
        let printed = read(output.fileHandleForReading, orKill: number)
        child.waitUntilExit()
        signals.stop()
        if cancellation.isRaised.load(ordering: .relaxed) { throw MediaError(.cancelled, "The work was cancelled.") }
        try check(child)
        return printed
    }

    private final class Flag: Sendable { let isRaised = Atomic(false) }

    /// What the file's decoder must not see of the user's environment is left out.
    private static var environment: [String: String] {
        let passed = ["PATH", "LD_LIBRARY_PATH", "TZ", "CLIPYARD_LOG", "CLIPYARD_PIPELINE"]
        return ProcessInfo.processInfo.environment.filter { passed.contains($0.key) }
            // The runtime would start another program to describe a crash.
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    }

    private static func read(_ output: FileHandle, orKill child: Int32) -> Data {
        var printed = Data()
        while true {
            let more = output.availableData
            if more.isEmpty { return printed }
            printed += more
            // It does not print that much unless it has been taken over.
            guard printed.count <= printedLimit else {
                kill(child, SIGKILL)
                return printed
            }
        }
    }

    private static func check(_ child: Process) throws {
        let status = child.terminationStatus
        guard child.terminationReason == .exit else {
            throw CommandFailure(70, "Signal \(status) ended the process that worked on the file; nothing was made.")
        }
        guard status == 0 else { throw ExitCode(status) }
    }
}
