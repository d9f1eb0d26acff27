import Glibc

/// A required layer that this system does not offer.
public struct SandboxError: Error, Sendable, Equatable {
    public let layer: SandboxReport.Layer
    /// The `errno` of the attempt.
    public let number: Int32

    init(_ layer: SandboxReport.Layer, errno number: Int32) {
        self.layer = layer
        self.number = number
    }

    /// One sentence: the layer, why it is missing, what to do, or else the `alternative`.
    public func sentence(alternative: String) -> String {
        let remedy = layer == .landlock ? landlockRemedy : seccompRemedy
        return "The sandbox needs \(remedy), or \(alternative)."
    }

    private var landlockRemedy: String {
        switch number {
        case ENOSYS:
            "Landlock, which this kernel lacks (\(words)): run Linux 5.13 or newer built with CONFIG_SECURITY_LANDLOCK=y, "
                + "and a container runtime that passes landlock_create_ruleset(2)"
        case EOPNOTSUPP:
            "Landlock, which is switched off in this kernel (\(words)): add landlock to the boot parameter lsm= "
                + "(/sys/kernel/security/lsm has the list in force) and restart the machine"
        default:
            "Landlock, which this system refuses (\(words)): allow landlock_create_ruleset(2), landlock_add_rule(2) and "
                + "landlock_restrict_self(2) in the seccomp profile of the container runtime"
        }
    }

    private var seccompRemedy: String {
        "seccomp filters, which this system refuses (\(words)): run a kernel built with CONFIG_SECCOMP_FILTER=y, "
            + "libseccomp 2.5 or newer, and a container runtime that passes seccomp(2) and prctl(2)"
    }

    private var words: String { strerror(number).map { String(cString: $0) } ?? "errno \(number)" }
}
