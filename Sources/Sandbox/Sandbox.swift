import CLinux
import Glibc

/// Confines the calling process, for good: what it may read, write, call and use.
///
/// Call ``enter()`` while the process has one thread, before it opens what it does not trust.
/// Landlock and the filter of system calls are required, or refused with one sentence;
/// what the system does not allow of the rest is missing from the report.
public struct Sandbox: Sendable {
    /// Files, and folders with everything below.
    public let readable: [String]
    /// Folders in which files may also be made, written and removed.
    public let writable: [String]
    public let limits: SandboxLimits

    public init(readable: [String], writable: [String], limits: SandboxLimits = SandboxLimits()) {
        self.readable = readable
        self.writable = writable
        self.limits = limits
    }

    /// Applies every layer.
    ///
    /// - Parameter isRequired: throw if Landlock or the filter is missing; otherwise go without.
    /// - Returns: the layers in force, and those that are missing.
    /// - Throws: ``SandboxError``.
    public func enter(isRequired: Bool) throws(SandboxError) -> SandboxReport {
        Preparation.run()
        var report = SandboxReport()
        let parentDeathSignal = clinux_parent_death_signal()
        report.note(.noNewPrivileges, clinux_forbid_new_privileges() == 0)
        let hasNamespaces = Namespaces.enter()
        report.note(.namespaces, hasNamespaces)
        report.note(.limits, limits.apply(countingProcesses: hasNamespaces))
        report.note(.capabilities, clinux_drop_capabilities() == 0)
        report.note(.notDumpable, clinux_forbid_dumps() == 0)
        // Changing credentials makes the kernel forget it.
        if parentDeathSignal != 0 { _ = clinux_set_parent_death_signal(parentDeathSignal) }
        report.note(.landlock, try require(isRequired) { () throws(SandboxError) in try Landlock().restrict(self) })
        report.note(.seccomp, try require(isRequired) { () throws(SandboxError) in try SystemCallFilter.load() })
        return report
    }

    private func require(
        _ isRequired: Bool,
        _ layer: () throws(SandboxError) -> Void
    ) throws(SandboxError) -> Bool {
        do {
            try layer()
            return true
        } catch {
            if isRequired { throw error }
            return false
        }
    }
}
