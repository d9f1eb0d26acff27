import ArgumentParser
import MediaTasks

/// The sandbox for commands that are used by hand.
struct SandboxOption: ParsableArguments {
    @Flag(help: "Open the file in the sandbox that workers use; fails where the system does not offer it.")
    var sandbox = false

    /// Enters the sandbox if asked to.
    func enter(readable: [String]) throws {
        if sandbox { _ = try Confinement(mode: .require, readable: readable).enter() }
    }
}
