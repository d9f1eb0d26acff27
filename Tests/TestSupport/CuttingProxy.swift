import Foundation
import Synchronization

/// Stands between a client and the server, and cuts the connection at a COMMIT.
///
/// Threads that block are all it needs; they end with the connections.
public final class CuttingProxy: Sendable {
    /// What happens to the next COMMIT.
    public enum Fault: Sendable {
        /// The server never sees it.
        case beforeCommit
        /// The server commits, and its answer is lost.
        case afterCommit
        /// The server gets it, and the client is gone before it has ended.
        case duringCommit
    }

    /// What libpq takes for `host`.
    public let socketDirectory: String
    private let server: String
    private let listener: Int32
    private let fault = Mutex<Fault?>(nil)
    private let cutCount = Mutex(0)

    /// Listens in `folder`, which has a short path, and connects to the socket in `directory`.
    public init(in folder: String, to directory: String) throws {
        socketDirectory = folder
        server = directory + "/.s.PGSQL.5432"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let isBound = withSocketAddress(folder + "/.s.PGSQL.5432") { bind(listener, $0, $1) == 0 }
        guard isBound, listen(listener, 16) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        Thread.detachNewThread { [self] in acceptForever() }
    }

    /// How many connections have been cut.
    public var cuts: Int { cutCount.withLock { $0 } }

    public func cutAtNextCommit(_ fault: Fault) { self.fault.withLock { $0 = fault } }

    public func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func acceptForever() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            guard withSocketAddress(server, { connect(upstream, $0, $1) == 0 }) else {
                Glibc.close(client)
                continue
            }
            let isCutting = Flag()
            Thread.detachNewThread { [self] in copyRequests(from: client, to: upstream, isCutting) }
            Thread.detachNewThread { [self] in copyAnswers(from: upstream, to: client, isCutting) }
        }
    }

    private func copyRequests(from client: Int32, to upstream: Int32, _ isCutting: Flag) {
        while let bytes = receive(client) {
            if bytes.firstRange(of: Data("COMMIT".utf8)) != nil,
                let fault = fault.withLock({ exchange(&$0, with: nil) })
            {
                cutCount.withLock { $0 += 1 }
                if fault == .beforeCommit { break }
                if fault == .duringCommit {
                    transmit(bytes, to: upstream)
                    break
                }
                isCutting.isSet.withLock { $0 = true }
            }
            transmit(bytes, to: upstream)
        }
        cut(client, upstream)
    }

    private func copyAnswers(from upstream: Int32, to client: Int32, _ isCutting: Flag) {
        while let bytes = receive(upstream), !isCutting.isSet.withLock({ $0 }) { transmit(bytes, to: client) }
        cut(client, upstream)
    }

    /// Their numbers stay taken, so that no thread hits a socket that is somebody else's by now.
    private func cut(_ client: Int32, _ upstream: Int32) {
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(upstream, Int32(SHUT_RDWR))
    }
}

private final class Flag: Sendable {
    let isSet = Mutex(false)
}

private func exchange<T>(_ variable: inout T, with new: T) -> T {
    defer { variable = new }
    return variable
}

private func receive(_ socket: Int32) -> Data? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(socket, &buffer, buffer.count, 0)
    return count > 0 ? Data(buffer[0..<count]) : nil
}

private func transmit(_ bytes: Data, to socket: Int32) {
    let buffer = Array(bytes)
    var sent = 0
    while sent < buffer.count {
        let count = buffer[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { return }
        sent += count
    }
}

private func withSocketAddress<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
