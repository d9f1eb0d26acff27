import ArgumentParser
import MediaTasks

/// The sandbox for commands that are used by hand.
struct SandboxOption: ParsableArguments {
    @Flag(help: "Open the file in the sandbox that workers use; fails where the system does not offer it.")
    var sandbox = false

    /// Enters the sandbox, or refuses to go on.
    static func confine(readable: [String], writable: [String] = []) throws {
        let confinement = Confinement(
            mode: .require,
            readable: readable,
            writable: writable,
            alternative: "omit --sandbox if you trust the file"
        )
        _ = try confinement.enter()
    }

    /// Enters the sandbox if asked to.
    func enter(readable: [String]) throws {
        if sandbox { try Self.confine(readable: readable) }
    }
}
