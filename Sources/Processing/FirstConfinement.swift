import Logging
import MediaTasks
import Synchronization

/// Logs the layers of the children's sandbox once, at the first child.
final class FirstConfinement: Sendable {
    private let isLogged = Mutex(false)

    func log(_ confinement: TaskConfinement, _ logger: Logger) {
        let isFirst = isLogged.withLock { isLogged in
            defer { isLogged = true }
            return !isLogged
        }
        guard isFirst else { return }
        let isWeak = confinement.missing.contains("landlock") || confinement.missing.contains("seccomp")
        logger.log(
            level: isWeak ? .warning : .info,
            isWeak ? "media child is not fully sandboxed" : "media child is sandboxed",
            metadata: [
                "mode": "\(confinement.mode.rawValue)", "layers": "\(confinement.layers.joined(separator: ","))",
                "missing": "\(confinement.missing.joined(separator: ","))",
            ]
        )
    }
}
