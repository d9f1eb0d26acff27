import Foundation

/// A layer of the sandbox that the kernel refuses with an `errno`, to a program and all that it starts.
struct MissingLayer: Sendable {
    let name: String
    let error: Int32

    /// The beginning of a command that runs there.
    var launcher: [String] {
        let probe = Program.executable.deletingLastPathComponent().appending(path: "sandbox-probe").path
        return [probe, "without", name, "\(error)"]
    }
}
