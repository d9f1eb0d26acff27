/// A confined child cannot be started on this machine: a required layer of the sandbox is missing, or the program.
public struct SandboxUnavailable: Error, CustomStringConvertible {
    public let description: String
}
