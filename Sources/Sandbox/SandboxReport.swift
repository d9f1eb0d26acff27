/// The layers of a sandbox that are in force.
public struct SandboxReport: Sendable, Equatable {
    public enum Layer: String, Sendable, CaseIterable {
        case noNewPrivileges = "no_new_privs"
        case namespaces, limits, capabilities
        case notDumpable = "not_dumpable"
        case landlock, seccomp
    }

    public private(set) var layers: [Layer] = []
    public private(set) var missing: [Layer] = []

    mutating func note(_ layer: Layer, _ isInForce: Bool) {
        if isInForce { layers.append(layer) } else { missing.append(layer) }
    }
}
