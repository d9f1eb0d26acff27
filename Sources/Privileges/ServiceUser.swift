import CLinux
public import Foundation
import Glibc

/// An unprivileged user that the programs run as when root starts them.
public struct ServiceUser: Sendable, Equatable {
    public let name: String
    public let uid: UInt32
    public let gid: UInt32

    /// The user with this name, or number.
    public init?(name: String) {
        guard let entry = getpwnam(name) ?? UInt32(name).flatMap({ getpwuid($0) }) else { return nil }
        self.name = String(cString: entry.pointee.pw_name)
        (uid, gid) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// The user that a PostgreSQL server of root's runs as: `postgres`, or `nobody`.
    public static var standard: ServiceUser? { ServiceUser(name: "postgres") ?? ServiceUser(name: "nobody") }

    /// The number of the user of this process.
    public static var current: UInt32 { geteuid() }

    /// Whether this process is root.
    public static var isRoot: Bool { geteuid() == 0 }

    /// The command that runs another as this user, without any of root's rights.
    ///
    /// - Parameters:
    ///   - command: the other.
    ///   - bindsLowPorts: keep the right to listen on ports below 1024.
    /// - Returns: `setpriv` with its options, and the command.
    public func wrapping(_ command: [String], bindsLowPorts: Bool = false) -> [String] {
        let right = ["--inh-caps=-all,+net_bind_service", "--ambient-caps=-all,+net_bind_service"]
        let identity = ["--reuid", "\(uid)", "--regid", "\(gid)", "--init-groups"]
        return ["/usr/bin/setpriv"] + identity + (bindsLowPorts ? right : ["--inh-caps=-all"]) + command
    }

    /// Replaces this process by a command.
    ///
    /// - Returns: the error number, if it could not be.
    public static func become(_ command: [String], environment: [String: String]) -> Int32 {
        // Threads of the runtime block signals, and what is executed would inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        execve(command[0], arguments, variables)
        return errno
    }
}
