import Foundation

/// Names a worker in leases and in `attempted_by`.
enum WorkerIdentity {
    /// Host, process, and a number of this start.
    ///
    /// Names of hosts and numbers of processes are used again, by restarted containers in
    /// particular, and a dead worker must never be taken for a living one.
    static func make() -> String {
        let random = String(UInt32.random(in: .min ... .max), radix: 16)
        return "\(ProcessInfo.processInfo.hostName)/\(ProcessInfo.processInfo.processIdentifier)/\(random)"
    }
}
