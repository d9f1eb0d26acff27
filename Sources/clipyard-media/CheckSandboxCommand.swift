import ArgumentParser
import MediaTasks

/// Enters the sandbox and reports its layers, for `clipyard worker` and `clipyard doctor`.
struct CheckSandboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-sandbox",
        abstract: "Report the layers of the sandbox on this system.",
        shouldDisplay: false
    )

    func run() throws {
        try reportingFailures {
            let mode = try Confinement.modeOfEnvironment()
            try StandardOutput.print(Confinement(mode: mode).enter())
        }
    }
}
