/// The layers of a child's sandbox.
public struct TaskConfinement: Codable, Sendable, Equatable {
    public var mode: SandboxMode
    /// The names of the layers in force.
    public var layers: [String]
    /// The names of those that this system does not offer.
    public var missing: [String]

    public init(mode: SandboxMode, layers: [String] = [], missing: [String] = []) {
        self.mode = mode
        self.layers = layers
        self.missing = missing
    }
}
