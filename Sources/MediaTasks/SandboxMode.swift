/// The setting `CLIPYARD_SANDBOX`: what happens where the sandbox of a child cannot be complete.
public enum SandboxMode: String, Codable, Sendable, CaseIterable {
    /// Without Landlock or seccomp nothing is processed.
    case require
    /// Whatever the system offers.
    case `try`
    /// None.
    case off
}
