import Logging
import MediaTasks

extension TaskConfinement {
    /// Logs the layers in force, at `warning` if a required one is missing.
    func log(to logger: Logger) {
        guard mode != .off else {
            return logger.warning(
                "files of creators are opened without a sandbox",
                metadata: ["CLIPYARD_SANDBOX": "off"]
            )
        }
        let isWeak = missing.contains("landlock") || missing.contains("seccomp")
        logger.log(
            level: isWeak ? .warning : .info,
            isWeak ? "media child is not fully sandboxed" : "media child is sandboxed",
            metadata: [
                "mode": "\(mode.rawValue)", "layers": "\(layers.joined(separator: ","))",
                "missing": "\(missing.joined(separator: ","))",
            ]
        )
    }
}
