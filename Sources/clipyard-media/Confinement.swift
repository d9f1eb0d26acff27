import Domain
import Foundation
import MediaTasks
import Sandbox

/// The sandbox of this process: what it may reach, and whether it is required.
struct Confinement {
    var mode: SandboxMode
    var readable: [String] = []
    var writable: [String] = []
    /// Remedy where a required layer cannot be had: the end of a sentence.
    var alternative = "set CLIPYARD_SANDBOX=try to go without"

    /// Enters the sandbox; from here on there is no way back.
    ///
    /// - Throws: `CommandFailure` with code 78 for a required layer that this system does not offer.
    func enter() throws -> TaskConfinement {
        guard mode != .off else {
            return TaskConfinement(mode: mode, missing: SandboxReport.Layer.allCases.map(\.rawValue))
        }
        do {
            let report = try Sandbox(readable: readable, writable: writable).enter(isRequired: mode == .require)
            return TaskConfinement(
                mode: mode,
                layers: report.layers.map(\.rawValue),
                missing: report.missing.map(\.rawValue)
            )
        } catch {
            throw CommandFailure(78, error.sentence(alternative: alternative))
        }
    }

    /// `CLIPYARD_SANDBOX`, which a worker gives its child; `require` if it is absent.
    static func modeOfEnvironment() throws -> SandboxMode {
        let value = ProcessInfo.processInfo.environment["CLIPYARD_SANDBOX"] ?? ""
        guard !value.isEmpty else { return .require }
        guard let mode = SandboxMode(rawValue: value) else {
            throw CommandFailure(78, "CLIPYARD_SANDBOX is “\(value)”, but must be one of: require, try, off.")
        }
        return mode
    }
}

extension TaskRequest {
    /// Every path that this task reads.
    var readablePaths: [String] {
        var paths = [source, pipeline]
        if case .image(let path) = cover { paths.append(path) }
        if let parts { paths += parts.chunks + [parts.sound] }
        return paths
    }
}
