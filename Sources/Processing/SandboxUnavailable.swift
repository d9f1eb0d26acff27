/// This system does not offer a layer of the sandbox that is required.
public struct SandboxUnavailable: Error, CustomStringConvertible {
    public let description: String
}
