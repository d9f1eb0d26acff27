import Foundation
import NIOCore
import NIOPosix
import SystemPackage

/// Finds out whether an address can be listened on, before anything is started.
enum PortCheck {
    static func requireFree(host: String, port: Int) async throws {
        do {
            let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                // As nginx does: connections of an earlier run that linger do not count.
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port).get()
            try await channel.close()
        } catch {
            throw UpError(
                "Port \(port) on \(host) cannot be used: \(reason(error)). Stop what uses it, or choose another: "
                    + "CLIPYARD_PORT=\(port == 65535 ? 8081 : port + 1) make up"
            )
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return switch Errno(rawValue: error.errnoCode) {
        case .addressInUse: "another program uses it"
        case .permissionDenied: "this user may not listen on it"
        case .addressNotAvailable: "this machine does not have that address"
        default: "\(error.localizedDescription)"
        }
    }
}
